const OWN = ["embed", "embed_options", "turn", "share"]

// The address is read when it is asked for: what is picked in a card changes it without a new run.
function address(data) {
  if (data.link) return data.link
  const params = new URLSearchParams(window.location.search)
  for (const key of OWN) params.delete(key)
  for (const [key, value] of Object.entries(data.fixed)) {
    params.delete(key)
    if (value) params.set(key, value)
  }
  const query = params.toString()
  return `${data.base || window.location.origin}${data.path}${query ? `?${query}` : ""}`
}

function presented(data) {
  const made = new URL(address(data))
  made.searchParams.set("embed", "true")
  made.searchParams.set("embed_options", `${data.theme}_theme`)
  if (data.turn) made.searchParams.set("turn", String(data.turn))
  return made.href
}

// Without https a browser has no clipboard of its own: then the selected field is copied.
async function copied(field) {
  field.focus()
  field.select()
  try {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(field.value)
      return true
    }
  } catch {
    field.select()
  }
  try {
    return document.execCommand("copy")
  } catch {
    return false
  }
}

export default function ({ data: [data], parentElement }) {
  const box = parentElement.querySelector(".share")
  if (!box) return
  const field = el("input")
  field.readOnly = true
  field.value = address(data)
  field.setAttribute("aria-label", "Link")
  field.addEventListener("focus", () => field.select())
  const said = el("span", "")
  said.setAttribute("role", "status")
  const copy = el("button", "", "Copy link")
  copy.addEventListener("click", async () => {
    field.value = address(data)
    said.textContent = (await copied(field)) ? "Copied" : "Press Ctrl+C to copy"
    setTimeout(() => { said.textContent = "" }, 4000)
  })
  const ways = el("div", "ways", copy)
  if (!data.link) {
    const present = el("a", "way", "Present")
    present.target = "_blank"
    present.rel = "noopener"
    present.href = presented(data)
    present.addEventListener("click", () => { present.href = presented(data) })
    ways.append(present)
  }
  ways.append(said)
  const isNew = data.link && box.querySelector("input")?.value !== data.link
  box.replaceChildren(field, ways)
  // A link that was just made stands below the form, where the popover may end.
  if (isNew) requestAnimationFrame(() => box.scrollIntoView({ block: "nearest" }))
}
