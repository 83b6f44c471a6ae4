const END = "<end>";
const visible = (piece) => piece.replaceAll(" ", "\u2423").replaceAll("\n", "\u00b6");
const table = [...Array(data.shown + 1).keys()];
let taken = [];  // {piece, number}: what was written, and which of those that can be taken it was
const way = () => taken.map(({ number }) => number).join(" ");
// each piece of a place with its share, and its number among those that lead on, or -1
const choices = () => {
  const place = data.ways[way()];
  let number = -1;
  return place.pieces.map((piece, i) => {
    if (piece !== END) number += 1;
    const leads = piece !== END && ([...taken.map((each) => each.number), number].join(" "))
      in data.ways;
    const found = { piece, name: visible(piece), share: place.shares[i] };
    return { ...found, number: leads ? number : -1 };
  });
};
const take = (choice) => {
  taken = [...taken, choice];
  draw();
  (root.querySelector("th button") ?? find("back")).focus();  // the one that was pressed is gone
};
const label = (place, choice) => {
  const cell = find(`piece${place}`);
  cell.textContent = "";
  const name = document.createElement(choice.number < 0 ? "span" : "button");
  name.textContent = choice.name;
  if (choice.number >= 0) {
    name.type = "button";
    name.dataset.lmSuppressShortcuts = "true";
    name.addEventListener("click", () => take(choice));
  }
  cell.append(name);
};
const draw = () => {
  const found = choices();
  const text = data.prompt + taken.map(({ piece }) => piece).join("");
  const rest = Math.max(0, 1 - found.reduce((sum, { share }) => sum + share, 0));
  const lines = [...found, { name: `${data.others} others`, share: rest, number: -1 }];
  find("text").textContent = text;
  for (const place of table) {
    const line = lines[place];
    label(place, line);
    find(`share${place}`).textContent = percent(line.share);
    find(`bar${place}`).style.width = `${100 * line.share}%`;
    find(`bar${place}`).style.background = data.roles.weight;
  }
  find("draw").disabled = !found.some(({ number }) => number >= 0);
  find("back").disabled = taken.length === 0;
  const ended = find("draw").disabled ? " The stored numbers end here." : "";
  say(`So far: ${text}. Most likely next: ${lines[0].name}, ${percent(lines[0].share)}.`
    + ended);
};
const chance = () => {
  const free = choices().filter(({ number }) => number >= 0);
  let rest = Math.random() * free.reduce((sum, { share }) => sum + share, 0);
  return free.find(({ share }) => (rest -= share) < 0) ?? free[0];
};
find("draw").addEventListener("click", () => { take(chance()); });
find("back").addEventListener("click", () => { taken = taken.slice(0, -1); draw(); });
find("reset").addEventListener("click", () => { taken = []; draw(); });
draw();
