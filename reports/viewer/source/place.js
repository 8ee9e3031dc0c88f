// One place on the page where a chart goes: drawn when it comes near the screen, drawn anew when the
// choice, the colours or the width change.
import { kinds } from './charts/index.js';
import { element } from './dom.js';
import { init } from './echarts.js';
import { followKeys } from './keys.js';
import { palette } from './theme.js';
import { zoomButtons } from './zoom.js';

const narrowBelow = 520; // pixels of the chart, not of the screen

export class Place {
  constructor(mount, chart, looks, choice) {
    this.chart = chart;
    this.looks = looks;
    this.choice = choice;
    this.mount = mount;
    this.near = false;
    this.stale = true;
    this.said = element('p', { class: 'unseen', 'aria-live': 'polite' });
    this.canvas = element('div', {
      class: 'canvas', tabindex: 0, role: 'group', 'aria-roledescription': 'chart',
      'aria-label': `${chart.name}. Arrow keys go through its marks; its table has the numbers.`,
    });
    this.extras = element('div', { class: 'extras' });
    mount.append(this.extras, this.canvas, this.said);
    followKeys(this);
  }

  /** Draws now if the chart is near the screen, later if not. */
  redraw() {
    this.stale = true;
    if (this.near) this.draw();
  }

  draw() {
    const width = this.mount.clientWidth;
    if (!this.stale || width === 0) return;
    this.stale = false;
    const result = kinds[this.chart.kind](this.chart, this.#view(width));
    const empty = !result.option.series.some((series) => series.data?.length);
    this.mount.classList.toggle('empty', empty);
    if (empty) return;
    this.wordsOf = (series, item) =>
      result.words ? result.words(item) : result.option.series[series]?.data[item]?.words;
    this.canvas.style.height = `${result.height}px`;
    if (!this.echart) {
      this.echart = init(this.canvas, null, { renderer: result.renderer ?? 'svg' });
      this.#addExtras(result);
    }
    this.echart.resize();
    this.echart.setOption({
      animation: false,
      textStyle: { fontFamily: palette().font },
      tooltip: this.#tooltip(),
      ...result.option,
    }, { notMerge: true });
  }

  /** How many marks are on the canvas: 0 before it was drawn. */
  marks() {
    if (!this.echart) return 0;
    return this.echart.getZr().storage.getDisplayList(true).filter((mark) => !mark.invisible).length;
  }

  #view(width) {
    const colours = palette();
    const style = getComputedStyle(document.documentElement);
    return {
      width,
      narrow: width < narrowBelow,
      colours,
      shows: (model) => this.choice.models.has(model),
      showsThreads: (threads) => this.choice.threads.has(threads),
      look: (model) => ({ ...this.looks[model], colour: style.getPropertyValue(this.looks[model].variable).trim() }),
    };
  }

  #tooltip() {
    const colours = palette();
    return {
      confine: true,
      transitionDuration: 0,
      backgroundColor: colours.panel,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontSize: 12.5 },
      formatter: ({ seriesIndex, dataIndex }) => {
        const [title, ...lines] = this.wordsOf(seriesIndex, dataIndex) ?? [''];
        return element('div', {}, element('b', {}, title), ...lines.map((line) => element('div', {}, line)));
      },
    };
  }

  #addExtras(result) {
    if (result.legend) {
      this.extras.append(element('ul', { class: 'kinds' }, ...result.legend.map(({ word, fill, low }) => {
        const mark = element('i', { class: low ? 'low' : '' });
        mark.style.background = fill;
        return element('li', {}, mark, word);
      })));
    }
    if (result.option.dataZoom) this.extras.append(zoomButtons(() => this.echart));
  }
}
