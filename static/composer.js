// What is written in a timeline: each type has its own fields; files are dropped or pasted into it; Ctrl+Enter adds.
// With files it is sent by a request that tells how far it is.
export function enhance(form) {
  const files = form.querySelector('input[type=file]');
  const names = form.querySelector('[data-files]');
  const problem = form.querySelector('[data-problem]');
  const bar = form.querySelector('progress');

  const choose = () => {
    const type = form.querySelector('[name=type]:checked')?.value;
    for (const part of form.querySelectorAll('[data-for]')) part.hidden = !part.dataset.for.split(' ').includes(type);
    for (const part of form.querySelectorAll('[data-for]')) for (const field of part.querySelectorAll('input, select, textarea')) {
      if (field.closest('.ts-wrapper')) continue;
      field.disabled = part.hidden;
      field.tomselect?.[part.hidden ? 'disable' : 'enable'](); // it does not look by itself
    }
    name();
  };
  const name = () => {
    const to = form.querySelector('[name=_to]');
    const button = form.querySelector('[data-send]');
    const sends = to && !to.disabled && to.selectedOptions.length > 0;
    button.textContent = sends ? button.dataset.send : button.dataset.add;
  };
  const list = () => {
    const chosen = [...files.files];
    const large = chosen.filter(({ size }) => size > Number(form.dataset.max));
    names.textContent = chosen.map(({ name }) => name).join(', ');
    problem.hidden = large.length === 0;
    return large.length === 0;
  };
  const add = (more) => {
    const all = new DataTransfer();
    for (const file of [...files.files, ...more]) all.items.add(file);
    files.files = all.files;
    list();
    form.querySelector('[name=subject]').focus();
  };

  form.addEventListener('change', (event) => {
    if (event.target.name === 'type') choose();
    if (event.target.name === '_to') name();
    if (event.target === files) list();
  });
  form.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  for (const type of ['dragover', 'dragleave', 'drop'])
    form.addEventListener(type, (event) => {
      if (![...event.dataTransfer.types].includes('Files')) return;
      event.preventDefault();
      form.classList.toggle('over', type === 'dragover');
      if (type === 'drop') add(event.dataTransfer.files);
    });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    if (!list()) return event.preventDefault();
    if (files.files.length === 0) return;
    event.preventDefault();
    send(form, bar);
  });
  choose();
}

function send(form, bar) {
  const request = new XMLHttpRequest();
  const failed = () => {
    bar.hidden = true;
    if (request.status === 422) { // the page again: only what it says of this form is taken, so that the files stay chosen
      const said = new DOMParser().parseFromString(request.responseText, 'text/html').querySelector('.composer [data-said]');
      return form.querySelector('[data-said]').replaceChildren(...(said?.querySelectorAll('div:not([data-files-again])') ?? []));
    }
    document.querySelector('#failure')?.removeAttribute('hidden');
  };
  bar.hidden = false;
  request.upload.addEventListener('progress', ({ loaded, total }) => (bar.value = loaded / total));
  request.addEventListener('load', () => {
    if (request.status < 300) window.location.assign(request.responseURL);
    else failed();
  });
  request.addEventListener('error', failed);
  request.open('POST', form.action);
  request.setRequestHeader('Accept', 'text/html');
  request.send(new FormData(form));
}
