// Sets light or dark before the page is painted: what the user chose (a cookie), else what the system says.
(() => {
  const chosen = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1];
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    document.documentElement.dataset.bsTheme = chosen ?? (system.matches ? 'dark' : 'light');
  };
  apply();
  if (!chosen) system.addEventListener('change', apply);
})();
