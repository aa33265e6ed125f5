function arrow() {
  const d = "M1 6H44M38 1.5l6 4.5-6 4.5"
  return svg(
    "svg",
    { viewBox: "0 0 46 12", "aria-hidden": "true" },
    svg("path", { d, fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linecap": "round" }),
  )
}

function stage(figure, index, open) {
  const quiet = figure.message && !figure.value
  const kind = figure.state === "problem" ? " problem" : quiet ? " quiet" : ""
  const card = el("button", `card${kind}`)
  card.type = "button"
  card.setAttribute("aria-label", figure.label)
  card.onclick = () => open(figure.key)
  const name = el("div", "name", el("span", "number", String(index + 1)), el("span", "", figure.title))
  card.append(name)
  if (figure.value) card.append(value(figure))
  const was = el("div", "sub was", change(figure))
  if (figure.was) was.append(el("span", "", figure.was))
  if (was.childNodes.length) card.append(was)
  const remarks = badges(figure)
  if (remarks) card.append(remarks)
  if (figure.note) card.append(el("div", "sub note", figure.note))
  if (figure.message) card.append(el("div", "message", figure.message))
  for (const part of [target(figure), spark(figure.spark)]) if (part) card.append(part)
  const forked = index > 2 ? " forked" : ""
  return el("li", `stage ${figure.key}${forked}`, card)
}

function step(data) {
  const item = el("li", data.leak ? "step leak" : "step")
  item.title = data.label
  if (data.leak) item.append(el("div", "tag", "largest leak"))
  item.append(el("div", "rate", data.rate), el("div", "verb", data.verb), arrow())
  if (data.was) item.append(el("div", "old", data.was))
  return item
}

function hinge(text, people) {
  const d = "M0 50H50M50 50C78 50 64 27 100 27M50 50C78 50 64 75 100 75"
  const fork = svg("path", {
    d, fill: "none", stroke: "currentColor", "stroke-width": 1.5, "vector-effect": "non-scaling-stroke",
  })
  const line = svg("path", {
    d: "M50 0V100", stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": "3 4",
    "vector-effect": "non-scaling-stroke",
  })
  const drawing = svg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, line, fork)
  const words = el("div", "", text)
  if (people) words.append(" ", el("b", "", people))
  return el("li", "hinge", drawing, words)
}

function lane(kind, name, text) {
  return el("li", `lane ${kind}`, el("b", "", name), el("span", "", text))
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const map = parentElement.querySelector(".map")
  if (!map) return
  const open = (key) => setTriggerValue("open", key)
  const items = [lane("visits", "Visits", data.visits), lane("customers", "Customers", data.customers)]
  data.stages.forEach((figure, index) => {
    if (index === 3) items.push(hinge(data.hinge, data.people))
    items.push(stage(figure, index, open))
    if (index < 2) items.push(step(data.steps[index]))
  })
  const held = parentElement.getRootNode().activeElement?.ariaLabel
  map.replaceChildren(...items)
  if (held) [...map.querySelectorAll("button")].find((button) => button.ariaLabel === held)?.focus()
}
