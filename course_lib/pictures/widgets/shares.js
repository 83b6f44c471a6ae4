const sliders = data.labels.map((label, i) => find(`slider${i}`));
const warmth = find("temperature");
const draw = () => {
  const scores = sliders.map((slider) => Number(slider.value));
  const temperature = Number(warmth.value);
  const shares = softmax(scores.map((score) => score / temperature));
  data.labels.forEach((label, i) => {
    sliders[i].setAttribute("aria-valuetext", write(scores[i], 1));
    find(`score${i}`).textContent = write(scores[i], 1);
    find(`share${i}`).textContent = percent(shares[i]);
    const bar = find(`bar${i}`);
    bar.style.width = `${100 * shares[i]}%`;
    bar.style.background = data.roles.weight;
  });
  find("degrees").textContent = write(temperature, 1);
  const words = data.labels.map((label, i) => `${label} ${percent(shares[i])}`);
  say(`Temperature ${write(temperature, 1)}. Shares: ${words.join(", ")}.`);
};
const start = () => {
  sliders.forEach((slider, i) => { slider.value = data.scores[i]; });
  warmth.value = data.temperature;
  draw();
};
[...sliders, warmth].forEach((slider) => slider.addEventListener("input", draw));
find("reset").addEventListener("click", start);
start();
