// What the pages of the course do besides: the list of what was passed, and the misconceptions' filter.
function showProgress(place) {
  const names = Passed.read();
  const note = document.createElement("p");
  note.textContent = names.length
    ? `You have passed ${names.length} ${names.length === 1 ? "question" : "questions"}: ${names.join(", ")}.`
    : "Nothing passed yet on this site. Try the exercises of lesson 01.";
  const button = (words, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.disabled = !names.length;
    made.addEventListener("click", action);
    return made;
  };
  const save = button("Save it as a file", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(names, null, 1)], { type: "application/json" }));
    link.download = "attention-progress.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  const forget = button("Forget it", () => {
    Passed.forget();
    showProgress(place);
  });
  place.replaceChildren(note, save, " ", forget);
}

function filterList(input) {
  const entries = [...document.querySelectorAll("article li")];
  const sections = [...document.querySelectorAll("article section section")];
  const found = document.getElementById("course-found");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const entry of entries) {
      const text = entry.textContent.toLowerCase();
      entry.hidden = !words.every((word) => text.includes(word));
      count += !entry.hidden;
    }
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])");
    found.textContent = words.length ? `${count} of ${entries.length}` : "";
  };
  input.addEventListener("input", filter);
}

// What is wider than its place is scrolled by keys, too: so it can be reached by Tab.
function reachable() {
  for (const part of document.querySelectorAll("article figure, article .table-wrapper")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const progress = document.getElementById("course-progress");
  if (progress) showProgress(progress);
  const filter = document.getElementById("course-filter");
  if (filter) filterList(filter);
});
addEventListener("load", reachable);
addEventListener("resize", reachable);
