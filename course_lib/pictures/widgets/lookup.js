const draw = () => {
  const weights = softmax(data.keys.map((key) => data.scale * dot(key, query)));
  const output = data.features.map((feature, j) =>
    dot(weights, data.values.map((value) => value[j])));
  data.labels.forEach((label, i) => {
    find(`score${i}`).textContent = write(data.scale * dot(data.keys[i], query));
    find(`share${i}`).textContent = percent(weights[i]);
    find(`sharebar${i}`).style.width = `${100 * weights[i]}%`;
    find(`sharebar${i}`).style.background = data.roles.weight;
  });
  data.features.forEach((feature, j) => {
    find(`output${j}`).textContent = write(output[j]);
    const bar = find(`outputbar${j}`), [low, high] = data.range, all = high - low;
    bar.style.width = `${100 * Math.abs(output[j]) / all}%`;
    bar.style.marginLeft = `${100 * (Math.min(output[j], 0) - low) / all}%`;
    bar.style.background = "currentColor";
  });
  const at = query.map((entry) => write(entry, 1)).join(", ");
  find("query").textContent = `[${at.replaceAll("−", "-")}]`;
  const mixed = data.features.map((feature, j) => `${feature} ${write(output[j])}`);
  const words = data.labels.map((label, i) => `${label} ${percent(weights[i])}`);
  say(`Query ${at}. Shares: ${words.join(", ")}. Output: ${mixed.join(", ")}.`);
};
arrow();
draw();
