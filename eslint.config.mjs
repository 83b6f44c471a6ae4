// Lints the scripts of pictures, decks and site: npx eslint course_lib
// Each file is a piece of one function (see frame.py), so it names here what it finds there.
const here = "course_lib/pictures/widgets";
const player = "course_lib/pictures/diagrams/player.js";  // stands alone
const deck = "course_lib/publishing/decks/static/*.js";
const site = "course_lib/publishing/site/static";
const of = (...names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

// what frame.js defines for every script, and `data`, which Python hands over
const start = of("root", "find", "write", "say", "softmax", "dot", "percent", "data");
const plane = of("query", "arrow");

export default [
  { ignores: ["course_lib/publishing/vendor/**"] },  // of others, unchanged
  {
    files: [`${here}/*.js`, player, deck, `${site}/*.js`],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "script",
      globals: of("document", "setTimeout", "clearTimeout", "atob", "DOMPoint"),
    },
    rules: {
      // ESLint's own recommended rules that can say something here, so that no package is needed
      "for-direction": "error",
      "no-compare-neg-zero": "error",
      "no-cond-assign": "error",
      "no-const-assign": "error",
      "no-constant-condition": "error",
      "no-dupe-else-if": "error",
      "no-dupe-keys": "error",
      "no-empty": "error",
      "no-fallthrough": "error",
      "no-irregular-whitespace": "error",
      "no-loss-of-precision": "error",
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-self-assign": "error",
      "no-undef": "error",
      "no-unreachable": "error",
      "no-unsafe-negation": "error",
      "no-unsafe-optional-chaining": "error",
      // names at the top of a file are for the files that follow
      "no-unused-vars": ["error", { vars: "local" }],
      "no-useless-escape": "error",
      "use-isnan": "error",
      "valid-typeof": "error",
      // habits of the house
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: [`${here}/!(frame).js`], languageOptions: { globals: start } },
  { files: [`${here}/{lookup,similarity}.js`], languageOptions: { globals: plane } },
  {
    files: [deck, `${site}/*.js`],
    languageOptions: {
      globals: of(
        "window", "location", "matchMedia", "getComputedStyle", "KeyboardEvent", "NodeFilter", "URLSearchParams",
        "localStorage", "addEventListener", "Blob", "URL", "Reveal", "RevealNotes",
        "RevealSearch", "RevealZoom", "MathJax",
      ),
    },
  },
  // what answering.js defines, the other script of the site uses
  { files: [`${site}/course.js`], languageOptions: { globals: of("Passed") } },
  // the picture that follows defines how it is drawn
  { files: [`${here}/plane.js`], languageOptions: { globals: of("draw") } },
  { files: [`${here}/{heads,moments}.js`], languageOptions: { globals: of("shade") } },
];
