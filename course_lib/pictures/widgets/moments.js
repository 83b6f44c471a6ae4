const slider = find("slider");
const draw = () => {
  const place = Number(slider.value), moment = data.moments[place];
  const looks = data.maps[place].map((row, i) => {
    row.forEach((weight, j) => {
      const cell = find(`cell${i}-${j}`);
      cell.textContent = weight.toFixed(data.decimals);
      const shade = (full) => Math.round(255 + weight * (full - 255));
      cell.style.background = `rgb(${shade(8)}, ${shade(48)}, ${shade(107)})`;
      cell.style.color = weight > 0.45 ? "#ffffff" : "#000000";
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
