const handle = find("handle"), shaft = find("shaft"), svg = handle.ownerSVGElement;
const {reach, unit} = data;
let query = data.query.slice(), held = false;
const step = (number) => Math.min(reach, Math.max(-reach, Math.round(number * 10) / 10)) || 0;
const move = (x, y) => { query = [step(x), step(y)]; arrow(); draw(); };
const arrow = () => {
  const [x, y] = [query[0] * unit, -query[1] * unit];
  shaft.setAttribute("x2", x); shaft.setAttribute("y2", y);
  handle.setAttribute("transform", `translate(${x} ${y})`);
};
handle.addEventListener("pointerdown", (event) => {
  handle.setPointerCapture(event.pointerId); handle.focus(); held = true; event.preventDefault();
});
handle.addEventListener("pointermove", (event) => {
  if (!held) return;
  const point = new DOMPoint(event.clientX, event.clientY)
    .matrixTransform(svg.getScreenCTM().inverse());
  move(point.x / unit, -point.y / unit);
});
for (const end of ["pointerup", "pointercancel"])
  handle.addEventListener(end, () => { held = false; });
const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
handle.addEventListener("keydown", (event) => {
  const way = ways[event.key], far = event.shiftKey ? 1 : 0.1;
  if (!way) return;
  event.preventDefault();
  move(query[0] + far * way[0], query[1] + far * way[1]);
});
