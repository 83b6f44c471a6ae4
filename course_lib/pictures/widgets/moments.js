const slider = find("slider");
const draw = () => {
  const place = Number(slider.value), moment = data.moments[place];
  const looks = data.maps[place].map((row, i) => {
    row.forEach((weight, j) => {
      const cell = find(`cell${i}-${j}`);
      cell.textContent = weight.toFixed(data.decimals);
      shade(cell, weight);
    });
    const top = row.indexOf(Math.max(...row));
    return `${data.queries[i]} looks most at ${data.keys[top]}, ${percent(row[top])}`;
  });
  slider.setAttribute("aria-valuetext", `${moment} ${data.unit}`);
  find("moment").textContent = moment;
  say(`After ${moment} ${data.unit}: ${looks.join("; ")}.`);
};
slider.addEventListener("input", draw);
find("reset").addEventListener("click", () => { slider.value = 0; draw(); });
draw();
