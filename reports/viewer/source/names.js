// Names of models beside their marks, at places where they do not collide: a series of one item that
// draws them all, anew at each zoom.

const lineHeight = 14;
const letterWidth = 6.7; // of 12-pixel text, roughly

/** Room that names at the ends of lines want to the right of a chart. */
export const roomForNames = (items, view) =>
  Math.min(20 + letterWidth * Math.max(0, ...items.map(({ name }) => name.length)), view.width * 0.42);

const text = (x, y, words, align, colours) => ({
  type: 'text', silent: true, x, y,
  style: { text: words, fill: colours.ink, fontSize: 12, fontFamily: colours.font, align, verticalAlign: 'middle', stroke: colours.paper, lineWidth: 3 },
});
const leader = (x1, y1, x2, y2, stroke) => ({
  type: 'line', silent: true, shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1, opacity: 0.6 },
});

function series(anchor, draw) {
  return {
    type: 'custom', silent: true, clip: false, z: 5, data: [anchor],
    renderItem: (params, api) => ({ type: 'group', silent: true, children: draw(params.coordSys, (point) => api.coord(point)) }),
  };
}

const inside = ({ x, y, width, height }, [px, py]) =>
  px >= x - 1 && px <= x + width + 1 && py >= y - 1 && py <= y + height + 1;
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Beside each point of `items` ([{point, name, colour}]): right or left of it, or led to. */
export function namesBeside(items, view) {
  if (!items.length) return [];
  return [series(items[0].point, (area, coord) => {
    const marks = items.map((item) => ({ ...item, at: coord(item.point) })).filter(({ at }) => inside(area, at));
    const taken = marks.map(({ at: [x, y] }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
    const graphics = [];
    for (const { at: [x, y], name, colour } of marks.sort((a, b) => a.at[1] - b.at[1])) {
      const width = name.length * letterWidth;
      let best = null;
      for (const shift of [0, -14, 14, -28, 28, -42, 42, -56, 56]) {
        for (const side of [1, -1]) {
          const gap = shift ? 16 : 9;
          const from = side > 0 ? x + gap : x - gap - width;
          const box = { left: from, right: from + width, top: y + shift - lineHeight / 2, bottom: y + shift + lineHeight / 2 };
          const fits = box.left >= area.x - 2 && box.right <= view.width && box.top > area.y - 8 && box.bottom < area.y + area.height + 8;
          if (fits && !taken.some((other) => overlap(box, other))) best ??= { box, side, shift, gap };
        }
        if (best) break;
      }
      if (!best) continue; // its tooltip has the name
      taken.push(best.box);
      if (best.shift) graphics.push(leader(x, y, x + best.side * (best.gap - 3), y + best.shift, colour));
      graphics.push(text(x + best.side * best.gap, y + best.shift, name, best.side > 0 ? 'left' : 'right', view.colours));
    }
    return graphics;
  })];
}

/** In the right margin, at the height where each line ends. */
export function namesAtEnds(items, view) {
  if (!items.length) return [];
  return [series(items[0].point, (area, coord) => {
    const right = area.x + area.width;
    const ends = items.map((item) => ({ ...item, at: coord(item.point) }))
      .filter(({ at }) => inside(area, at)).sort((a, b) => a.at[1] - b.at[1]);
    let free = area.y - lineHeight / 2;
    for (const end of ends) {
      end.y = Math.max(end.at[1], free);
      free = end.y + lineHeight;
    }
    let last = area.y + area.height + lineHeight / 2;
    for (const end of ends.toReversed()) {
      end.y = Math.min(end.y, last);
      last = end.y - lineHeight;
    }
    return ends.flatMap(({ at: [x, y], y: placed, name, colour }) => [
      leader(x + 4, y, right + 8, placed, colour),
      text(right + 11, placed, name, 'left', view.colours),
    ]);
  })];
}
