const luminance = (colour) => {
  const [red, green, blue] = colour.map((part) => part / 255).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const shade = (cell, weight) => {  // the ink stands out at least 4.5 : 1, as WCAG 2.2 asks
  const blue = [8, 48, 107].map((full) => Math.round(255 + weight * (full - 255)));
  const light = luminance(blue) + 0.05, ofBlack = light / 0.05, ofWhite = 1.05 / light;
  cell.style.background = `rgb(${blue.join(", ")})`;
  cell.style.color = ofWhite > ofBlack ? "#ffffff" : "#000000";
};
