// The boxes of a form by name: a textarea, a line, a list, or the radios and ticks that share one.
export function boxesOf(form) {
  const isTicked = (control) => control.type === "radio" || control.type === "checkbox";

  function controlsOf(box) {
    const found = form.elements[box];
    return found instanceof RadioNodeList ? [...found] : found ? [found] : [];
  }

  function textOf(box) {
    const controls = controlsOf(box);
    if (!controls.some(isTicked)) return controls[0]?.value ?? "";
    return controls.find((control) => control.checked)?.value ?? "";
  }

  // What the page came with, whatever somebody has typed since.
  function givenOf(box) {
    const controls = controlsOf(box);
    if (controls.some(isTicked)) return controls.find((control) => control.defaultChecked)?.value ?? "";
    const [control] = controls;
    if (control?.localName !== "select") return control?.defaultValue ?? "";
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0])?.value ?? "";
  }

  function put(box, text) {
    for (const control of controlsOf(box)) {
      if (isTicked(control)) {
        if (text && "any" in control.dataset) control.value = text; // what it is ticked for changes
        control.checked = text !== "" && control.value === text;
      }
      else control.value = text;
    }
  }

  return { controlsOf, givenOf, put, textOf };
}
