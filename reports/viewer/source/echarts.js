// The part of Apache ECharts that the report needs, and no more of it.
import { init, use } from 'echarts/core';
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  DataZoomInsideComponent,
  DataZoomSliderComponent,
  GridComponent,
  MarkAreaComponent,
  TooltipComponent,
} from 'echarts/components';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([
  CustomChart, LineChart, ScatterChart, DataZoomInsideComponent, DataZoomSliderComponent,
  GridComponent, MarkAreaComponent, TooltipComponent, CanvasRenderer, SVGRenderer,
]);

export { init };
