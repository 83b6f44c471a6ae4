const names = {dot: data.product, cosine: "cosine"};
let measure = "dot";
const draw = () => {
  const length = Math.hypot(...query);
  const dots = data.keys.map((key) => dot(key, query));
  const cosines = dots.map((number, i) =>
    length && data.lengths[i] ? number / (length * data.lengths[i]) : 0);
  const shown = measure === "dot" ? dots : cosines, largest = Math.max(...shown);
  const full = measure === "dot" ? Math.max(data.full, ...dots.map(Math.abs)) : 1;
  const best = shown.map((number) => number > largest - 1e-9);
  data.labels.forEach((label, i) => {
    find(`dot${i}`).textContent = write(dots[i]);
    find(`cosine${i}`).textContent = write(cosines[i]);
    find(`length${i}`).textContent = write(data.lengths[i]);
    const bar = find(`bar${i}`), width = 50 * Math.abs(shown[i]) / full;
    bar.style.width = `${width}%`;
    bar.style.marginLeft = `${shown[i] < 0 ? 50 - width : 50}%`;
    bar.style.background = shown[i] < 0 ? "transparent" : data.roles.score;
    find(`row${i}`).className = best[i] ? "best" : "";
  });
  const at = `${write(query[0], 1)}, ${write(query[1], 1)}`;
  find("query").textContent = `[${at.replaceAll("−", "-")}]`;
  find("length").textContent = write(length);
  root.querySelector("th:last-child").textContent = `bars: ${names[measure]}`;
  find("measure").textContent = `Compare by ${names[measure === "dot" ? "cosine" : "dot"]}`;
  const winners = data.labels.filter((label, i) => best[i]).join(" and ");
  say(`Query ${at}. Largest ${names[measure]}: ${winners}, ${write(largest)}.`);
};
find("measure").addEventListener("click", () => {
  measure = measure === "dot" ? "cosine" : "dot";
  draw();
});
arrow();
draw();
