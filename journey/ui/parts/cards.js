function card(figure, open) {
  const quiet = figure.message && !figure.value
  const kind = figure.state === "problem" ? " problem" : quiet ? " quiet" : ""
  const made = el("button", `card${kind}`)
  made.type = "button"
  made.title = figure.definition
  made.setAttribute("aria-label", figure.label)
  made.onclick = () => open(figure.key)
  made.append(el("div", "name", el("span", "", figure.title)))
  if (figure.value) made.append(value(figure))
  const was = el("div", "sub was", change(figure))
  if (figure.was) was.append(el("span", "", figure.was))
  if (was.childNodes.length) made.append(was)
  if (figure.interval) made.append(el("div", "sub interval", figure.interval))
  const remarks = badges(figure)
  if (remarks) made.append(remarks)
  if (figure.note) made.append(el("div", "sub interval", figure.note))
  if (figure.message) made.append(el("div", "message", figure.message))
  for (const part of [target(figure), spark(figure.spark)]) if (part) made.append(part)
  return made
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".cards")
  if (!box) return
  const open = (key) => setTriggerValue("open", key)
  const held = parentElement.getRootNode().activeElement?.ariaLabel
  box.replaceChildren(...data.figures.map((figure) => card(figure, open)))
  if (held) [...box.querySelectorAll("button")].find((button) => button.ariaLabel === held)?.focus()
}
