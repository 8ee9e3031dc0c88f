// What draws each kind of chart of the page's data.
import { leaks } from './leaks.js';
import { lines } from './lines.js';
import { overview } from './overview.js';
import { stops } from './stops.js';
import { surface } from './surface.js';
import { timeline } from './timeline.js';
import { tradeoff } from './tradeoff.js';
import { wall } from './wall.js';

/** kind: function of (chart, view) giving {height, option}; `words` where items do not carry theirs. */
export const kinds = { leaks, lines, overview, stops, surface, timeline, tradeoff, wall };
