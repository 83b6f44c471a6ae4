const n = data.tokens.length;
const shares = Uint8Array.from(atob(data.percents), (letter) => letter.charCodeAt(0));
const controls = ["layer", "head", "asker"].map(find), start = controls.map((c) => c.value);
const draw = () => {
  const [layer, head, asker] = controls.map((control) => Number(control.value));
  const from = ((layer - 1) * data.heads + head - 1) * n * n;
  const rows = data.tokens.map((_, i) => shares.slice(from + i * n, from + (i + 1) * n));
  rows.forEach((row, i) => {
    row.forEach((share, j) => {
      const cell = find(`c${i}-${j}`);
      cell.textContent = share < 10 ? "" : share;
      shade(cell, share / 100);
    });
    find(`row${i}`).classList.toggle("best", i === asker);
  });
  find("layer-now").textContent = layer;
  find("head-now").textContent = head;
  const order = [...data.tokens.keys()].sort((a, b) => rows[asker][b] - rows[asker][a] || a - b);
  const found = order.slice(0, 3).filter((place, rank) => rank === 0 || rows[asker][place] > 0)
    .map((place) => `${data.named[place]}, ${rows[asker][place]} %`);
  const who = `Layer ${layer}, head ${head}: "${data.named[asker]}" looks most at `;
  say(`${who}${found.join("; then ")}.`);
};
controls.forEach((control) => control.addEventListener("input", draw));
find("reset").addEventListener("click", () => {
  controls.forEach((control, place) => { control.value = start[place]; });
  draw();
});
draw();
