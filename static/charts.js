// Plots: an element with data-chart="{…}" (an ECharts option as JSON, without functions) becomes a chart in the
// colours of the page, and follows dark mode and the element's size. Canvas and rich-text tooltips only: anything
// else would need inline styles, which the content security policy forbids.
import { BarChart, CustomChart, GraphChart, HeatmapChart, LineChart, PieChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, DatasetComponent, DataZoomInsideComponent, GridComponent, LegendComponent, MarkLineComponent,
  TooltipComponent, VisualMapComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer } from 'echarts/renderers';

use([
  BarChart, CustomChart, GraphChart, HeatmapChart, LineChart, PieChart, ScatterChart, AriaComponent, DatasetComponent,
  DataZoomInsideComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent,
  LabelLayout, CanvasRenderer,
]);

// CSS values such as oklch(…) and light-dark(…) as the canvas understands them.
function colour(name) {
  const probe = document.createElement('i');
  probe.className = 'visually-hidden';
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  context.fillStyle = getComputedStyle(probe).color;
  context.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${alpha / 255})`;
}

function theme() {
  const text = colour('mw-text'), quiet = colour('mw-quiet'), line = colour('mw-line');
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: quiet },
    nameTextStyle: { color: quiet },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    color: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`mw-series-${number}`)),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    legend: { top: 0, bottom: 'auto', textStyle: { color: text }, itemWidth: 12, itemHeight: 8, icon: 'roundRect' },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: axis,
    logAxis: axis,
    line: { symbolSize: 5, lineStyle: { width: 2 } },
    bar: { barMaxWidth: 32, itemStyle: { borderRadius: 2 } },
    graph: { label: { color: text }, lineStyle: { color: quiet } },
    visualMap: { textStyle: { color: quiet } },
    tooltip: { backgroundColor: colour('mw-surface'), borderColor: line, textStyle: { color: text } },
  };
}

const charts = new Map(); // element to chart

function draw(element) {
  const option = JSON.parse(element.dataset.chart);
  const chart = init(element, theme(), { renderer: 'canvas' });
  chart.setOption({
    animationDuration: 250,
    aria: { enabled: true },
    grid: { left: 8, right: 16, top: 32, bottom: option.xAxis?.name ? 28 : 8, containLabel: true },
    ...option,
    tooltip: { trigger: 'item', confine: true, ...option.tooltip, renderMode: 'richText' },
  });
  chart.on('click', (event) => event.data?.href && window.location.assign(event.data.href));
  charts.set(element, chart);
}

const resized = new ResizeObserver((entries) => entries.forEach((entry) => charts.get(entry.target)?.resize()));

export function enhance(element) {
  if (charts.has(element)) return;
  draw(element);
  resized.observe(element);
}

// Redrawn in the other colours; those that htmx has replaced are let go.
new MutationObserver(() => {
  for (const [element, chart] of [...charts]) {
    chart.dispose();
    charts.delete(element);
    if (element.isConnected) draw(element);
    else resized.unobserve(element);
  }
}).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
