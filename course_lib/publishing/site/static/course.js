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

// The twin of course_lib/learner/placement.py: ten letters, "?" for what was left open.
const Placement = {
  placed(data, letters) {
    const right = {};
    data.questions.forEach((each, i) => { right[each.about] = letters[i] === each.right; });
    const track = right.maths ? "maths" : right.code ? "code" : "intuition";
    const fits = (each, i) => letters[i] === each.right;
    const open = data.questions.find((each, i) => {
      if (!/\d/.test(each.about) || fits(each, i)) return false;
      const after = data.questions.slice(i + 1, i + 4);
      const slip = after.length === 3 && after.every((one, k) => fits(one, i + 1 + k));
      return letters[i] === "?" || !slip;
    });
    const told = [];
    data.questions.forEach((each, i) => {
      if (letters[i] !== "?" && letters[i] !== each.right) told.push([i + 1, each.wrong["abcd".indexOf(letters[i])]]);
    });
    const why = right.code && right.maths ? data.both : data.why[track];
    return { track, lesson: open ? Number(open.about) : data.lessons.length, why, told };
  },
  show(data, letters, output) {
    const link = (address, words) => {
      const made = document.createElement("a");
      made.href = address;
      made.textContent = words;
      return made;
    };
    const line = (...parts) => {
      const made = document.createElement("p");
      made.append(...parts);
      return made;
    };
    const { track, lesson, why, told } = Placement.placed(data, letters);
    const first = data.lessons[lesson - 1];
    const lines = [line("Begin with ", link(first.pages[track], `${first.title}, ${track}`), `. ${why}`)];
    for (const [number, shows] of told) {
      const each = data.questions[number - 1];
      const there = each.there[track] ? [" → ", link(each.there[track], each.headings[track])] : [];
      lines.push(line(`Question ${number}: ${shows}`, ...there));
    }
    output.replaceChildren(...lines);
  },
  setUp(form) {
    const data = JSON.parse(form.querySelector("script").textContent);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const letters = data.questions.map((_, i) => form.elements[`q${i + 1}`].value || "?");
      Placement.show(data, letters, form.querySelector("output"));
    });
  },
};

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
  const placement = document.getElementById("course-placement");
  if (placement) Placement.setUp(placement);
  const filter = document.getElementById("course-filter");
  if (filter) filterList(filter);
});
addEventListener("beforeprint", () => {  // on paper nothing can be opened
  document.querySelectorAll("article details").forEach((fold) => { fold.open = true; });
});
addEventListener("load", reachable);
addEventListener("resize", reachable);
