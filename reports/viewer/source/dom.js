// Elements without markup in strings: a name from a results file is only ever text.

/** element('button', {type: 'button', onclick}, 'words', child...) */
export function element(tag, attributes = {}, ...children) {
  const result = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) result.addEventListener(name.slice(2), value);
    else if (value !== undefined) result.setAttribute(name, value);
  }
  result.append(...children);
  return result;
}

/** The mark of a model, as charts draw it. */
export function swatch(look) {
  const space = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(space, 'svg');
  const path = document.createElementNS(space, 'path');
  for (const [name, value] of Object.entries({ viewBox: '0 0 10 10', width: 10, height: 10, 'aria-hidden': true })) {
    picture.setAttribute(name, value);
  }
  path.setAttribute('d', look.path);
  path.style.fill = `var(${look.variable})`;
  picture.append(path);
  return picture;
}
