import styles from "./SpeedGraph.module.css";

export type GraphPoint = { at: number; value: number };

type SpeedGraphProps = {
  /** Left to right, `at` from 0 to 1. */
  points: GraphPoint[];
  /** In words, for those who do not see it, and below it for those who do. */
  caption: string;
  format: (value: number) => string;
};

const WIDTH = 1000;
const HEIGHT = 120;

/** The next round number, so that the scale jumps seldom. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  const step = [1, 1.5, 2, 3, 4, 5, 7.5, 10].find((candidate) => candidate * power >= value) ?? 10;
  return step * power;
}

export function SpeedGraph({ points, caption, format }: SpeedGraphProps) {
  const top = niceCeiling(Math.max(1, ...points.map((point) => point.value)));
  const x = (point: GraphPoint) => (point.at * WIDTH).toFixed(1);
  const y = (point: GraphPoint) => (HEIGHT - (point.value / top) * HEIGHT).toFixed(1);
  const line = points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point)} ${y(point)}`).join(" ");
  const [first, last] = [points[0], points.at(-1)];
  const area = first && last ? `${line} L${x(last)} ${HEIGHT} L${x(first)} ${HEIGHT} Z` : "";
  return (
    <figure className={styles.graph}>
      <div className={styles.plot}>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Speed graph. ${caption}`}
        >
          {[0, 1, 2, 3].map((step) => (
            <line key={step} x1="0" x2={WIDTH} y1={(HEIGHT * step) / 3} y2={(HEIGHT * step) / 3} />
          ))}
          <path className={styles.area} d={area} />
          <path className={styles.line} d={line} />
        </svg>
        <span className={styles.top}>{format(top)}</span>
      </div>
      <figcaption>{caption}</figcaption>
    </figure>
  );
}
