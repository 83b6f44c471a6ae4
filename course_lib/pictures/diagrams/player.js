const root = document.currentScript.closest("figure");
const find = (part) => root.querySelector(`[data-part="${part}"]`);
find("drawing").innerHTML = root.querySelector('[type="image/svg+xml"]').textContent;
const sentences = [...find("sentences").children].map((item) => item.textContent);
const last = sentences.length - 1;
let now = 0;
const draw = (loud) => {
  for (const part of root.querySelectorAll("[data-from]")) {
    const [from, to] = [Number(part.dataset.from), Number(part.dataset.to)];
    part.style.visibility = now >= from && now <= to ? "visible" : "hidden";
  }
  find("place").textContent = `${now + 1} of ${last + 1}`;
  find("sentence").textContent = sentences[now];
  find("sentence").setAttribute("aria-live", loud ? "polite" : "off");
  find("back").disabled = now === 0;
  find("forward").disabled = now === last;
};
const go = (step) => {
  now = Math.min(Math.max(now + step, 0), last);
  draw(true);
};
find("back").addEventListener("click", () => go(-1));
find("forward").addEventListener("click", () => go(1));
root.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();  // nor shall a page of slides turn
  go(step);
});
find("controls").hidden = false;
find("sentences").classList.add("course-printed");  // on paper the last frame and all sentences
draw(false);
