// Builds what the browser loads: one style sheet, one script with lazy parts, one icon sprite, each under a name
// with a hash of its content and with gzip and brotli beside it, and the list of it all for the program's resources.
//
//     node tools/build-assets.mjs SOURCE OUT XML DEPFILE
//
// SOURCE is the project; OUT a folder, emptied first; XML the list for glib-compile-resources, with full paths; DEPFILE
// tells Ninja what was read.
//
// The style sheet keeps a rule of Tabler only if every class in its selector is written somewhere in templates/,
// static/ or src/web/, or matches one of the two patterns below: so write classes in full, not put together from parts.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const [source, out, list, depfile] = process.argv.slice(2).map((name) => path.resolve(name));
const modules = path.join(source, 'node_modules');
const inputs = new Set();

// What a first visit may load, compressed by gzip; charts, look-ups and boards come later.
const FIRST_VISIT_MAX = 150_000;
const STYLE_MAX = 40_000;

// Classes that scripts set, and so stand in no template.
const SET_BY_SCRIPTS = /^(show|showing|hiding|hide|fade|collaps(e|ed|ing)|active|disabled|modal-.*|offcanvas-.*|htmx-.*|sortable-.*|ts-.*|tomselected|dropdown-active|has-items|plugin-.*|input-active|focus|single|multi|item|option|full|no-results|optgroup.*|dropup|dropend|dropstart|spinner)$/;

// What data names (the colour of a badge), and the common parts of pages that are made from the catalog.
const COLOURS = 'blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|secondary';
const ALWAYS = new RegExp(`^(${[
  `badge|bg-(${COLOURS})-lt|status(-dot)?|status-(${COLOURS})`,
  'row|col(-(md|lg))?(-\\d+|-auto)?|g-\\d|[mp][tbsexy]?-\\d|gap-\\d|d-(none|flex|block|inline|(md|lg)-[a-z]+)',
  'card-(body|header|title|footer|table|actions)|table-responsive|alert-(success|info|warning|danger)|btn-(primary|danger|sm)',
  'form-(label|control|select|check|check-input|check-label|hint|switch)|input-group(-text)?|(is|was)-[a-z]+|invalid-feedback',
].join('|')})$`);

function fail(message) {
  console.error(`build-assets: ${message}`);
  process.exit(1);
}

if (!fs.existsSync(path.join(modules, 'esbuild')))
  fail('the npm packages are missing; run script/bootstrap');
const { build, transform } = await import(path.join(modules, 'esbuild/lib/main.js'));
const { default: postcss } = await import(path.join(modules, 'postcss/lib/postcss.mjs'));

function read(name) {
  inputs.add(name);
  return fs.readFileSync(name, 'utf8');
}

function* files(folder, pattern) {
  inputs.add(folder); // a new file changes the folder
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(name, pattern);
    else if (pattern.test(entry.name)) yield name;
  }
}

// Every word that could be a class name in what we write ourselves.
function ownWords() {
  const words = new Set();
  for (const [folder, pattern] of [['templates', /\.html$/], ['static', /\.(js|css)$/], ['src/web', /\.c$/]])
    for (const name of files(path.join(source, folder), pattern))
      for (const word of read(name).match(/[A-Za-z][\w-]*/g) ?? []) words.add(word);
  return words;
}

function isUsed(selector, words) {
  const plain = selector.replace(/:(not|is|where|has)\((?:[^()]|\([^()]*\))*\)/g, '');
  const classes = plain.match(/\.-?[A-Za-z_](?:[\w-]|\\.)*/g) ?? [];
  return classes.every((name) => {
    const word = name.slice(1);
    return words.has(word) || ALWAYS.test(word) || SET_BY_SCRIPTS.test(word);
  });
}

// Drops rules without a used selector, then custom properties, animations and rules that nothing refers to.
function purge(css, words) {
  const root = postcss.parse(css);
  root.walkRules((rule) => {
    if (rule.parent.type === 'atrule' && /keyframes$/.test(rule.parent.name)) return;
    const kept = rule.selectors.filter((selector) => isUsed(selector, words));
    if (kept.length === 0) rule.remove();
    else if (kept.length < rule.selectors.length) rule.selectors = kept;
  });
  for (let before = -1, now = 0; before !== now; now = root.toString().length) {
    before = root.toString().length;
    const text = root.toString();
    const used = new Set([...text.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1]));
    root.walkDecls(/^--/, (declaration) => {
      if (!used.has(declaration.prop) && !words.has(declaration.prop.slice(2))) declaration.remove();
    });
    root.walkAtRules('keyframes', (rule) => {
      if (!new RegExp(`animation[^;}]*\\b${rule.params}\\b`).test(text)) rule.remove();
    });
    root.walk((node) => {
      if ((node.type === 'rule' || (node.type === 'atrule' && node.nodes)) && node.nodes.length === 0) node.remove();
    });
  }
  return root.toString();
}

async function styleSheet() {
  const dist = path.join(modules, '@tabler/core/dist/css');
  const vendors = postcss.parse(read(path.join(dist, 'tabler-vendors.css')));
  vendors.walkRules((rule) => {
    if (!/\.(ts-|tomselect)|plugin-/.test(rule.selector)) rule.remove();
  });
  const lookUps = read(path.join(modules, 'tom-select/dist/css/tom-select.bootstrap5.css'));
  const library = purge(read(path.join(dist, 'tabler.css')) + lookUps + vendors.toString(), ownWords());
  const own = [...files(path.join(source, 'static'), /\.css$/)].sort().map(read).join('\n');
  const { code } = await transform(`${library}\n${own}`, { loader: 'css', minify: true, target: 'esnext', legalComments: 'none' });
  return code;
}

// One symbol an icon, its name as the id.
function sprite() {
  const names = read(path.join(source, 'static/icons.txt')).split('\n').filter((line) => line && !line.startsWith('#'));
  const symbols = names.map((name) => {
    const file = path.join(modules, '@tabler/icons/icons/outline', `${name}.svg`);
    if (!fs.existsSync(file)) fail(`static/icons.txt: Tabler Icons have no “${name}”`);
    const shapes = read(file).replace(/<svg[^>]*>|<\/svg>|<!--.*?-->|<path stroke="none"[^>]*\/>/gs, '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

// The licences of what is built in.
function licences() {
  const { dependencies } = JSON.parse(read(path.join(source, 'package.json')));
  return [...Object.keys(dependencies), 'zrender', 'tslib', '@orchidjs/sifter', '@orchidjs/unicode-variants']
    .filter((name) => !['esbuild', 'postcss'].includes(name))
    .map((name) => {
      const folder = path.join(modules, name);
      const { version, license } = JSON.parse(read(path.join(folder, 'package.json')));
      const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      return `${name} ${version} (${license})\n\n${file ? read(path.join(folder, file)) : ''}\n`;
    })
    .join('\n----\n\n');
}

async function scripts(options) {
  const result = await build({
    absWorkingDir: source,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    outdir: out,
    target: 'es2022',
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    ...options,
  });
  for (const name of Object.keys(result.metafile.inputs)) inputs.add(path.join(source, name));
  const outputs = new Map(Object.entries(result.metafile.outputs).map(([name, about]) => [path.basename(name), about]));
  return result.outputFiles.map((file) => ({ file: path.basename(file.path), text: file.text, about: outputs.get(path.basename(file.path)) }));
}

const assets = []; // { name, file, type, sizes }

// [gzip, brotli]: those of an earlier build when the file is as it was, because packing the charts takes seconds.
function pack(file, bytes) {
  const [old, ...packed] = ['', '.gz', '.br'].map((suffix) => path.join(out, file + suffix))
    .map((name) => fs.existsSync(name) && fs.readFileSync(name));
  if (old && bytes.equals(old) && packed.every(Boolean)) return packed;
  return [zlib.gzipSync(bytes, { level: 9 }),
    zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } })];
}

function add(name, file, type, text) {
  const bytes = Buffer.from(text);
  const [gzip, brotli] = pack(file, bytes);
  for (const [suffix, content] of [['.gz', gzip], ['.br', brotli], ['', bytes]]) // the plain one last: it vouches for the others
    fs.writeFileSync(path.join(out, file + suffix), content);
  assets.push({ name, file, type, size: bytes.length, gzip: gzip.length, brotli: brotli.length });
}

function addHashed(name, type, text) {
  const { ext, name: stem } = path.parse(name);
  const hash = createHash('sha256').update(text).digest('base64url').replace(/[-_]/g, '').slice(0, 8);
  add(name, `${stem}-${hash}${ext}`, type, text);
}

fs.mkdirSync(out, { recursive: true });

addHashed('app.css', 'text/css; charset=utf-8', await styleSheet());
addHashed('icons.svg', 'image/svg+xml', sprite());
addHashed('logo.svg', 'image/svg+xml', read(path.join(source, 'static/logo.svg')));
addHashed('licences.txt', 'text/plain; charset=utf-8', licences());
const JAVASCRIPT = 'text/javascript; charset=utf-8';
for (const { file, text } of await scripts({ entryPoints: ['static/theme.js'], format: 'iife' }))
  add('theme.js', file, JAVASCRIPT, text);
const parts = await scripts({ entryPoints: ['static/app.js'], format: 'esm', splitting: true });
const entry = parts.find((part) => part.about.entryPoint === 'static/app.js');
const first = new Set([entry.file]);
const follow = (part) => part.about.imports.filter((one) => one.kind === 'import-statement').forEach((one) => {
  const file = path.basename(one.path);
  if (!first.has(file)) {
    first.add(file);
    follow(parts.find((other) => other.file === file));
  }
});
follow(entry);
for (const part of parts) add(part === entry ? 'app.js' : part.file, part.file, JAVASCRIPT, part.text);

// The lists: for src/web/resource.c, for glib-compile-resources, for Ninja. What an earlier build left is removed.
const kept = new Set(['manifest', 'sizes.txt', ...assets.flatMap(({ file }) => [file, `${file}.gz`, `${file}.br`])]);
for (const name of fs.readdirSync(out)) if (!kept.has(name)) fs.rmSync(path.join(out, name), { recursive: true });
fs.writeFileSync(path.join(out, 'manifest'), assets.map(({ name, file, type }) => `${name}\t${file}\t${type}\n`).join(''));
const resources = assets.flatMap(({ file }) => [file, `${file}.gz`, `${file}.br`]);
const templates = path.join(source, 'templates');
const pages = [...files(templates, /\.html$/)].sort();
const xml = `<?xml version="1.0" encoding="UTF-8"?>
<!-- templates ${createHash('sha256').update(pages.map(read).join('\0')).digest('hex')} -->
<gresources>
  <gresource prefix="/millwright/assets">
${['manifest', ...resources].map((file) => `    <file alias="${file}">${path.join(out, file)}</file>`).join('\n')}
  </gresource>
  <gresource prefix="/millwright/templates">
${pages.map((file) => `    <file alias="${path.relative(templates, file)}">${file}</file>`).join('\n')}
  </gresource>
</gresources>
`;
// Left alone when it is the same, so that nothing is compiled again.
if (!fs.existsSync(list) || fs.readFileSync(list, 'utf8') !== xml) fs.writeFileSync(list, xml);
fs.writeFileSync(depfile, `${path.relative(process.cwd(), list)}: ${[...inputs].join(' ')}\n`);

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(7);
fs.writeFileSync(path.join(out, 'sizes.txt'), assets.map(({ file, size, gzip, brotli }) =>
  `${file.padEnd(28)}${kilobytes(size)} KB${kilobytes(gzip)} gzip${kilobytes(brotli)} brotli\n`).join(''));
const style = assets.find(({ name }) => name === 'app.css').gzip;
const visit = assets.filter(({ name, file }) => ['app.css', 'icons.svg', 'logo.svg', 'theme.js'].includes(name) || first.has(file))
  .reduce((sum, { gzip }) => sum + gzip, 0);
if (style > STYLE_MAX) fail(`app.css takes ${style} bytes compressed, more than ${STYLE_MAX}`);
if (visit > FIRST_VISIT_MAX) fail(`a first visit takes ${visit} bytes compressed, more than ${FIRST_VISIT_MAX}`);
console.log(`build-assets: style ${kilobytes(style)} KB, first visit ${kilobytes(visit)} KB compressed`);
