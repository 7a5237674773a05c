// A mail server for tests, a few lines of SMTP: keeps what it is given, refuses what it is told to refuse.
import net from 'node:net';
import { until } from './server.js';

/* { port, mails: [{ from, to, data }], commands, server, stop(), start() }. Set `refuse` (an address: 550 5.1.1),
 * `later` (true: 451 at DATA), `hold` (true: no answer to the end of a letter), `auth` ("user:password"). */
export async function mailServer() {
  const state = { port: 0, mails: [], commands: [], refuse: null, later: false, hold: false, auth: null, held: 0 };
  const sockets = new Set();
  const talk = (socket) => {
    let rest = '', data = null, mail = null, asked = false;
    const say = (line) => socket.write(`${line}\r\n`);
    const command = (line) => {
      state.commands.push(line);
      const word = line.split(/[ :]/)[0].toUpperCase();
      if (word === 'EHLO') {
        if (state.auth) say('250-AUTH PLAIN');
        return say('250 8BITMIME');
      }
      if (asked || word === 'AUTH') {
        const answer = asked ? line : line.split(' ')[2];
        asked = !answer;
        if (asked) return say('334 ');
        const given = Buffer.from(answer, 'base64').toString().split('\0').slice(1).join(':');
        return say(given === state.auth ? '235 welcome' : '535 5.7.8 wrong');
      }
      if (word === 'MAIL') { mail = { from: /<(.*)>/.exec(line)[1], to: [] }; return say('250 ok'); }
      if (word === 'RCPT') {
        const to = /<(.*)>/.exec(line)[1];
        if (to === state.refuse) return say(`550 5.1.1 <${to}>: no such mailbox here`);
        mail.to.push(to);
        return say('250 ok');
      }
      if (word === 'DATA') {
        if (state.later) return say('451 4.3.2 try again later');
        data = '';
        return say('354 go on');
      }
      if (word === 'QUIT') { say('221 bye'); return socket.end(); }
      return say(word === 'RSET' || word === 'NOOP' ? '250 ok' : '502 no');
    };
    const take = () => {
      if (data !== null) {
        data += rest;
        rest = '';
        const end = data.indexOf('\r\n.\r\n');
        if (end < 0) return;
        mail.data = data.slice(0, end + 2).replace(/^\.\./gm, '.');
        rest = data.slice(end + 5);
        data = null;
        if (state.hold) { state.held++; return; }
        state.mails.push(mail);
        say('250 2.0.0 taken');
      }
      for (let at; data === null && (at = rest.indexOf('\r\n')) >= 0;) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 2);
        command(line);
        if (data !== null && rest) return take();
      }
    };
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (piece) => { rest += piece.toString('latin1'); take(); });
    say('220 test');
  };
  let server;
  state.start = () => new Promise((resolve) => {
    server = net.createServer(talk).listen(state.port, '127.0.0.1', () => { state.port = server.address().port; resolve(); });
  });
  state.stop = () => new Promise((resolve) => {
    for (const socket of sockets) socket.destroy();
    server.close(resolve);
  });
  // The first mail for which `check` holds, as soon as it is there.
  state.next = (check = () => true) => until(() => state.mails.find(check));
  await state.start();
  return state;
}

// Header fields by name in small letters, encoded words decoded, and the parts: { headers, parts: [{ headers, text, bytes }] }.
export function parse(data) {
  const split = (text) => {
    const at = text.indexOf('\r\n\r\n');
    const headers = {};
    for (const line of text.slice(0, at).replace(/\r\n[ \t]/g, ' ').split('\r\n')) {
      const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line);
      headers[name.toLowerCase()] = words(value);
    }
    const body = text.slice(at + 4);
    const encoding = headers['content-transfer-encoding'] ?? '';
    const bytes = encoding === 'base64' ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable' ? Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
        : Buffer.from(body, 'latin1');
    return { headers, body, bytes, text: bytes.toString() };
  };
  const whole = split(data);
  const boundary = /boundary="?([^";]+)"?/.exec(whole.headers['content-type'] ?? '')?.[1];
  const parts = boundary ? whole.body.split(`--${boundary}`).slice(1, -1).map((part) => split(part.replace(/^\r\n/, ''))) : [whole];
  return { headers: whole.headers, parts };
}

function words(value) {
  return value.replace(/(=\?[^?]+\?[bq]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, text) => (how.toLowerCase() === 'b' ? Buffer.from(text, 'base64')
      : Buffer.from(text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/g, (__, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1')).toString());
}
