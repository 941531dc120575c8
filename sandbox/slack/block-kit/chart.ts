import { byType, type Check, every, isJson, list, number, object, string } from './check.js';

const unique =
  (what: string, key: string | undefined): Check =>
  (value, path, report) => {
    if (!Array.isArray(value)) return;
    const names = value.map((item: unknown) => (key && isJson(item) ? item[key] : item));
    if (new Set(names).size !== names.length) report(`${what} must be unique`, path);
  };

const point = object({ label: string(20), value: number() });
const segment = object({ label: string(20), value: number(Number.MIN_VALUE) });

const series = every(list(object({ name: string(20), data: list(point, 20) }), 12), unique('series names', 'name'));

const axis = object(
  { categories: every(list(string(20), 20), unique('categories', undefined)) },
  { x_label: string(50), y_label: string(50) },
);

const eachCategoryOnce: Check = (value, path, report) => {
  if (!isJson(value) || !Array.isArray(value.series) || !isJson(value.axis_config)) return;
  const categories = value.axis_config.categories;
  if (!Array.isArray(categories)) return;
  for (const [index, one] of value.series.entries()) {
    if (!isJson(one) || !Array.isArray(one.data)) continue;
    const labels = one.data.map((item: unknown) => (isJson(item) ? item.label : undefined));
    const fits = labels.length === categories.length && categories.every((category) => labels.includes(category));
    if (!fits) report('each series must give every category exactly once', `${path}/series/${index}/data`);
  }
};

const drawn = every(object({ series, axis_config: axis }), eachCategoryOnce);

/** The keys of a `data_visualization` block: pie, bar, area or line. */
export const chartKeys: Record<string, Check> = {
  title: string(50),
  chart: byType({ pie: object({ segments: list(segment, 12) }), bar: drawn, area: drawn, line: drawn }),
};
