export type Curve = { title: string; x: string; y: string; points: (readonly [number, number])[] };

const WIDTH = 360;
const HEIGHT = 220;
const MARGIN = 48;
/** What a label takes; a point that is nearer to the next one has none. */
const LABEL_WIDTH = 22;

/** Curves side by side as SVG, each from zero, so that a straight line looks straight and a flat one flat. */
export function drawCurves(curves: readonly Curve[]): string {
  const size = `width="${WIDTH * curves.length}" height="${HEIGHT}"`;
  const style = `font-family="sans-serif" font-size="11" fill="#1c1e21"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}>`,
    `<rect width="100%" height="100%" fill="#f5f3ee"/>`,
    ...curves.map((curve, index) => `<g transform="translate(${WIDTH * index} 0)">${drawCurve(curve)}</g>`),
    "</svg>\n",
  ].join("\n");
}

function drawCurve({ title, x, y, points }: Curve): string {
  const right = Math.max(...points.map(([at]) => at));
  const top = Math.max(...points.map(([, value]) => value)) * 1.15;
  const place = ([at, value]: readonly [number, number]) => ({
    left: MARGIN + (at / right) * (WIDTH - 2 * MARGIN),
    down: HEIGHT - MARGIN - (value / top) * (HEIGHT - 2 * MARGIN),
  });
  const places = points.map(place);
  const base = HEIGHT - MARGIN;
  const dots = places.map(({ left, down }, index) => {
    const [at, value] = points[index] ?? [0, 0];
    const isCrowded = (places[index + 1]?.left ?? Number.POSITIVE_INFINITY) - left < LABEL_WIDTH;
    const label = isCrowded
      ? ""
      : `<text x="${left}" y="${down - 8}" text-anchor="middle">${value.toFixed(value < 20 ? 1 : 0)}</text>`;
    const tick = `<text x="${left}" y="${base + 14}" text-anchor="middle">${at < 1 ? "" : at}</text>`;
    return `<circle cx="${left}" cy="${down}" r="3" fill="#d9480f"/>${label}${tick}`;
  });
  const line = places.map(({ left, down }) => `${left.toFixed(1)},${down.toFixed(1)}`).join(" ");
  return [
    `<text x="${MARGIN}" y="22" font-size="13">${title}, ${y}</text>`,
    `<path d="M${MARGIN} ${MARGIN - 10}V${base}H${WIDTH - MARGIN + 10}" fill="none" stroke="#8a8680"/>`,
    `<polyline points="${line}" fill="none" stroke="#d9480f" stroke-width="1.5"/>`,
    ...dots,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle">${x}</text>`,
  ].join("");
}
