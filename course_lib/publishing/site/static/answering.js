// Answers a question on its page as the notebook's `check` would: read what was typed (the twin of
// course_lib/exercises/reading.py), then look the reply up in the question's table.
const Answering = (() => {
  const FLOAT = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
  function digit(letter) {  // of any script: Unicode keeps 0 to 9 of each in a row
    let below = 0;
    const code = letter.codePointAt(0);
    while (/\p{Nd}/u.test(String.fromCodePoint(code - below - 1))) below += 1;
    return String(below % 10);
  }
  const spelledOut = (fraction) => [...fraction].map((each) => each.normalize("NFKC")).join(" ");
  const plain = (text) => text.replace(/\p{Nd}?[¼-¾⅐-⅞]/gu, spelledOut).replace(/[−–‐‑]/g, "-")
    .replace(/[⁄∕]/g, "/").replace(/%|per\s?cent/gi, "").replace(/\p{Nd}/gu, digit);
  const FRAME = " \n\t'\"`$()[]";
  const stripped = (text, characters) => {
    const kept = [...text];
    while (kept.length && characters.includes(kept[0])) kept.shift();
    while (kept.length && characters.includes(kept.at(-1))) kept.pop();
    return kept.join("");
  };
  const float = (text) => (FLOAT.test(text.trim()) ? Number(text.trim().replaceAll("_", "")) : NaN);
  const thousands = (text) => /^[-+]?[1-9]\d{0,2}(?:,\d{3})+$/.test(plain(text).trim());

  function number(typed) {
    let text = stripped(plain(typed), FRAME).replace(/(\d)\.$/, "$1");
    text = text.replace(/^(?:[\p{L}_][\p{L}\p{N}_]*\s*)?[=≈]\s*/u, "").replace(/^([-+])\s+/, "$1");
    if (/^[-+]?\d+,\d+$/.test(text) && !thousands(text)) text = text.replace(",", ".");
    const [above, ...below] = text.split("/");
    const read = below.length ? float(above) / float(below.join("/")) : float(text);
    return Number.isFinite(read) ? read : null;
  }

  function numbers(typed, count) {
    const text = stripped(plain(typed), FRAME).replace(/\s*\/\s*/g, "/");
    const cuts = [text.split(/[,;\s]+/), text.split(/\s*;\s*|,?\s+/)];
    for (const pieces of [...cuts, text.match(/[-+]?\d*\.?\d+/g) || []]) {
      let read = pieces.map(float);
      if (read.some(Number.isNaN)) read = pieces.map((piece) => number(piece) ?? NaN);
      if (read.length === count && read.every(Number.isFinite)) return read;
    }
    return null;
  }

  const AROUND = " \n\t.,:;`'\"‘’“”()[]{}";
  const word = (typed) => stripped(typed, AROUND).toLowerCase();
  const words = (typed) =>
    typed.replace(/[\s,;>→`'"‘’“”()[\]{}]+/g, " ").toLowerCase().split(/\s+/).filter(Boolean);

  // what Python prints: repr of a text, and a number by the format "g"
  function unseen(letter) {
    const known = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };
    const code = letter.codePointAt(0);
    const [sign, long] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
    return known[letter] || `\\${sign}${code.toString(16).padStart(long, "0")}`;
  }
  function repr(text) {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const inside = text.replaceAll("\\", "\\\\").replace(/(?! )[\p{C}\p{Z}]/gu, unseen);
    return quote + (quote === "'" ? inside.replaceAll("'", "\\'") : inside) + quote;
  }
  function general(value) {
    if (value === 0) return Object.is(value, -0) ? "-0" : "0";
    const [exact, power] = Math.abs(value).toExponential(60).split("e");
    const digits = exact.replace(".", "");
    const [head, rest, half] = [Number(digits.slice(0, 6)), digits.slice(6), `5${"0".repeat(54)}`];
    // six digits; a tie goes to the even one, as in Python
    const rounded = head + (rest > half || (rest === half && head % 2) ? 1 : 0);
    const [kept, tens] = rounded > 999999 ? ["100000", +power + 1] : [String(rounded), +power];
    const bare = (text) => (text.includes(".") ? text.replace(/\.?0*$/, "") : text);
    const sign = value < 0 ? "-" : "";
    if (tens < -4 || tens > 5) {
      const size = String(Math.abs(tens)).padStart(2, "0");
      return `${sign}${bare(`${kept[0]}.${kept.slice(1)}`)}e${tens < 0 ? "-" : "+"}${size}`;
    }
    if (tens < 0) return sign + bare(`0.${"0".repeat(-tens - 1)}${kept}`);
    return sign + bare(`${kept.slice(0, tens + 1)}.${kept.slice(tens + 1)}`);
  }
  function advice(typed) {
    if (thousands(typed)) return " Write it without commas.";
    return typed.split(",").length === 2 ? " Write the decimal point as a point." : "";
  }

  function near(table, read, value) {
    if (table.reads === "percent" && (read[0] === 0) !== (value[0] === 0)) return false;
    return read.every((each, i) => Math.abs(each - value[i]) <= table.within || each === value[i]);
  }

  // Return [what is said, where to read again] to what somebody typed.
  function reply(table, typed) {
    if (!stripped(typed, " .…?")) return [table.untouched, null];
    const told = (said, given, more = "") =>
      said.replace("{given}", () => given).replace("{advice}", () => more);
    const one = table.reads === "number" || table.reads === "percent";
    if (one || table.reads === "numbers") {
      const count = table.replies[0][0].length;
      const read = one ? [number(typed)] : numbers(typed, count);
      if (read === null || read[0] === null) {
        return [told(table.unfit, repr(typed), one ? advice(typed) : ""), table.reread];
      }
      const given = one ? general(read[0]) : `[${read.map(general).join(", ")}]`;
      const found = table.replies.find(([value]) => near(table, read, value));
      return found ? [told(found[1], given), found[2]] : [told(table.otherwise, given), table.reread];
    }
    const list = table.reads === "words";
    const read = list ? words(typed) : word(typed);
    const same = (value) => (list ? value.join(" ") === read.join(" ") : value === read);
    const found = table.replies.find(([value]) => same(value));
    const given = list ? `[${read.map(repr).join(", ")}]` : repr(typed);
    return found ? [found[1], found[2]] : [told(table.unfit, given), table.reread];
  }
  return { reply, general, repr };
})();

// The form of each question, and what was passed: kept in this browser alone, never sent anywhere.
const Passed = {
  KEY: "attention-course",
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(Passed.KEY));
      return Array.isArray(kept) ? kept : [];
    } catch {  // nothing can be kept here, or it was changed by hand
      return [];
    }
  },
  forget() {
    try {
      localStorage.removeItem(Passed.KEY);
    } catch {
      // nothing was kept
    }
  },
  write(names) {
    try {
      localStorage.setItem(Passed.KEY, JSON.stringify([...new Set(names)].sort()));
    } catch {
      // a browser that keeps nothing still answers
    }
  },
};

function setUp(form) {
  const table = JSON.parse(form.querySelector("script").textContent);
  const output = form.querySelector("output");
  const passed = (yes) => { form.dataset.passed = yes ? "yes" : "no"; };
  const typed = () => (form.elements[table.name] ?? form.querySelector("input")).value;
  form.hidden = false;
  if (Passed.read().includes(table.name)) {
    passed(true);
    output.textContent = "You have passed this question in this browser.";
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [said, reread] = Answering.reply(table, typed());
    const lines = said.split("\n");
    output.replaceChildren();
    for (const line of lines) {
      const part = document.createElement("span");
      const [label, ...rest] = line.split("Read again: ");
      if (reread && rest.length) {
        const link = document.createElement("a");
        link.href = document.documentElement.dataset.content_root + reread;
        link.textContent = rest.join("");
        part.append("Read again: ", link);
      } else part.textContent = label + rest.join("");
      output.append(part);
    }
    passed(said.startsWith("✓"));
    if (said.startsWith("✓")) Passed.write([...Passed.read(), table.name]);
  });
}

if (typeof document !== "undefined") {
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form.course-ask").forEach(setUp);
  });
}
