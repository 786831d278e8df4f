// Rectangles {x, y, w, h} and the line between two of them.

export function bounds(boxes) {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.w);
    bottom = Math.max(bottom, box.y + box.h);
  }
  return left > right ? null : { x: left, y: top, w: right - left, h: bottom - top };
}

export const meet = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

// A curve from the side of one node to the side of the other that face each other: its four points.
export function curve(from, to) {
  const level = from.y + Math.min(from.h / 2, 17), target = to.y + Math.min(to.h / 2, 17);
  if (to.x >= from.x + from.w || to.x + to.w <= from.x) {
    const isRight = to.x >= from.x + from.w;
    const x1 = isRight ? from.x + from.w : from.x, x2 = isRight ? to.x : to.x + to.w;
    const reach = (isRight ? 1 : -1) * Math.max(30, Math.abs(x2 - x1) / 2);
    return [x1, level, x1 + reach, level, x2 - reach, target, x2, target];
  }
  const isBelow = to.y >= from.y + from.h;
  const x1 = from.x + from.w / 2, x2 = to.x + to.w / 2;
  const y1 = isBelow ? from.y + from.h : from.y, y2 = isBelow ? to.y : to.y + to.h;
  const reach = (isBelow ? 1 : -1) * Math.max(30, Math.abs(y2 - y1) / 2);
  return [x1, y1, x1, y1 + reach, x2, y2 - reach, x2, y2];
}

export const path = (from, to) => {
  const [a, b, c, d, e, f, g, h] = curve(from, to);
  return `M${a} ${b}C${c} ${d} ${e} ${f} ${g} ${h}`;
};

// The tools lie over the top of the screen.
export const TOOLS = 48;

// The pan and zoom at which a rectangle fills what the tools leave of the screen, less a margin; never larger than life.
export function fitting(box, width, height, margin = 32) {
  const free = height - TOOLS;
  const zoom = Math.min(1, Math.max(0.02, Math.min((width - 2 * margin) / Math.max(1, box.w), (free - 2 * margin) / Math.max(1, box.h))));
  return { x: (width - box.w * zoom) / 2 - box.x * zoom, y: TOOLS + (free - box.h * zoom) / 2 - box.y * zoom, zoom };
}
