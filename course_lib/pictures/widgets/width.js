const slider = find("slider");
const draw = () => {
  const place = Number(slider.value), width = data.widths[place];
  const best = {};
  for (const side of ["plain", "scaled"]) {
    const {scores, shares} = data[side][place];
    data.labels.forEach((label, i) => {
      find(`${side}score${i}`).textContent = write(scores[i]);
      find(`${side}share${i}`).textContent = percent(shares[i]);
      const bar = find(`${side}bar${i}`);
      bar.style.width = `${100 * shares[i]}%`;
      bar.style.background = data.roles.weight;
    });
    const top = shares.indexOf(Math.max(...shares));
    best[side] = `${data.labels[top]} ${percent(shares[top])}`;
  }
  slider.setAttribute("aria-valuetext", `${width} coordinates`);
  find("width").textContent = width;
  say(`${width} coordinates. Largest share: ${best.plain} unscaled, ${best.scaled} scaled.`);
};
slider.addEventListener("input", draw);
find("reset").addEventListener("click", () => { slider.value = 0; draw(); });
draw();
