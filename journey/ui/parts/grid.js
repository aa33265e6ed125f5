const FIRST = 2
const PHONE = 640

function figures(cell, column) {
  const made = el("td", cell.contacts === "0" ? "none" : "")
  made.dataset.label = column
  if (cell.label) made.title = cell.label
  made.style.setProperty("--shade", String(cell.shade))
  made.append(el("b", "", cell.contacts))
  for (const text of [cell.wait, cell.outcome]) if (text) made.append(el("span", "", text))
  return made
}

export default function ({ data: [data], parentElement }) {
  const box = parentElement.querySelector(".grid")
  if (!box) return
  const heads = data.columns.map((column) => {
    const head = el("th", "", el("b", "", column.label), el("span", "", column.text))
    head.scope = "col"
    return head
  })
  const rows = data.rows.map((row, index) => {
    const head = el("th", "", row.label)
    head.scope = "row"
    return el("tr", index < FIRST ? "" : "later", head, ...row.cells.map((cell, index) => figures(cell, data.columns[index].label)))
  })
  const more = el("button", "more", data.all)
  more.type = "button"
  more.hidden = rows.length <= FIRST || !box.clientWidth || box.clientWidth > PHONE
  more.onclick = () => {
    box.classList.add("whole")
    more.hidden = true
  }
  box.classList.toggle("whole", more.hidden)
  box.replaceChildren(el("table", "", el("thead", "", el("tr", "", el("td", ""), ...heads)), el("tbody", "", ...rows)), more)
}
