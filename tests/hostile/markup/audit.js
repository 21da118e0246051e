// SPDX-License-Identifier: Apache-2.0
// What no page has but by data: elements and attributes that no template has, links that leave by another scheme,
// scripts in the page. `inline` and `styled` say whether the policy of the page allows scripts and styles in it: then it
// is one of Datasette's own.
([schemes, inline, styled]) => {
  const found = [];
  const elements = new Set((`html head title meta link body header nav main footer section article aside form label
    input button select option optgroup textarea fieldset legend a p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd div span
    bdi b strong em i cite code pre mark time small sup sub table caption colgroup col thead tbody tfoot tr th td
    details summary svg g path circle rect line polyline polygon text tspan use symbol defs figure figcaption script
    abbr blockquote q img noscript desc marker address kbd datalist output style clipPath`
    + (inline ? ' navigation-search datasette-modal dialog column-chooser' : '')).split(/\s+/));
  const leading = new Set(['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'background', 'ping',
    'cite', 'srcset']);
  const relations = /^(license|canonical|alternate|author|describedby|service-desc|prev|next)$/;
  const tell = (what, one) => found.push(`${what}: ${one.outerHTML.slice(0, 160)}`);

  const address = (one, value) => {
    let whole;
    try { whole = new URL(value, document.baseURI); } catch { return; }
    if (!schemes.includes(whole.protocol)) tell(`an address of ${whole.protocol}`, one);
    const elsewhere = whole.host !== location.host;
    if (elsewhere && !/^(https?:\/\/|mailto:)/.test(value)) tell('an address elsewhere', one);
    if (elsewhere && one.localName !== 'a' && !(one.localName === 'link' && relations.test(one.rel)))
      tell('something from elsewhere', one);
  };

  for (const one of document.querySelectorAll('*')) {
    if (!elements.has(one.localName)) tell('an element', one);
    for (const {name, value} of one.attributes) {
      if (/^on|^srcdoc$|pwned|[^a-zA-Z0-9:_-]/i.test(name)) tell(`an attribute ${name}`, one);
      if (name === 'style' && (!styled || /url|pwned/.test(value))) tell('a style', one);
      if (['id', 'class'].includes(name) && value === 'pwned') tell('an element', one);
      if (leading.has(name)) address(one, value);
    }
  }
  for (const one of document.scripts) {
    if (/json$/.test(one.type)) {
      try { JSON.parse(one.text); } catch (error) { tell(`broken JSON (${error.message})`, one); }
      if (one.type === 'application/ld+json' && one.parentElement !== document.head) tell('JSON-LD in the body', one);
    } else if (one.src) {
      const {host, pathname} = new URL(one.src);
      if (host !== location.host || !/\/-\/(static|static-plugins|sourcebook)\//.test(pathname)) tell('a script', one);
    } else if (!inline || /pwned/.test(one.text)) tell('a script', one);
  }
  for (const one of document.querySelectorAll('meta[http-equiv], base')) tell('a setting of the page', one);
  if (/49-pwned|pwnedpwned/.test(document.documentElement.innerText)) found.push('a template was filled in by data');
  return found;
}
