const root = document.currentScript.parentElement;
const find = (part) => root.querySelector(`[data-part="${part}"]`);
find("body").hidden = false;  // a page without scripts would show an empty table
const write = (number, digits = 2) =>
  (Number(number.toFixed(digits)) || 0).toFixed(digits).replace("-", "\u2212");
root.addEventListener("keydown", (event) => {  // nor shall a page of slides turn
  if (/^(Arrow|Page|Home|End|Enter| )/.test(event.key) && !event.ctrlKey && !event.metaKey)
    event.stopPropagation();
});
let pause;
const say = (text) => {
  clearTimeout(pause);
  pause = setTimeout(() => { find("status").textContent = text; }, 150);
};
const softmax = (scores) => {
  const largest = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - largest));
  const sum = raised.reduce((a, b) => a + b, 0);
  return raised.map((number) => number / sum);
};
const dot = (a, b) => a.reduce((sum, number, i) => sum + number * b[i], 0);
const percent = (share) =>
  share > 0 && share < 0.005 ? "<1 %" : `${Math.round(100 * share)} %`;
