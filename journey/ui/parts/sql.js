const DRAFT = "journey-sql"
const SEEN = "journey-sql-seen"

function kept(key) {
  try { return sessionStorage.getItem(key) } catch { return null }
}

function keep(key, value) {
  try { sessionStorage.setItem(key, value) } catch { /* the text lives as long as the page */ }
}

// A text that the page hands over (a file to change, a column to insert) is taken once.
function take(box, put) {
  if (!put || kept(SEEN) === put.id) return
  keep(SEEN, put.id)
  if (put.insert) box.editor.insert(put.insert)
  else box.editor.replace(put.text)
}

function tell(box, data) {
  const same = data.ran !== null && box.editor.text() === data.ran
  box.editor.know(data.known)
  box.editor.mark(same ? data.problems : [])
  box.note.textContent = data.note
  box.button.disabled = false
}

export default function ({ parentElement, data, setTriggerValue }) {
  data = data[0]
  const box = parentElement.querySelector(".sql")
  box.send = () => {
    const text = box.editor ? box.editor.text() : box.plain.value
    if (!text.trim()) return
    box.button.disabled = true
    setTriggerValue("run", { text, at: Date.now() })
  }
  if (box.editor) {
    take(box, data.put)
    tell(box, data)
    return
  }
  if (box.plain) {
    box.note.textContent = data.note
    box.button.disabled = false
    return
  }
  // Until the editor has come, and where it cannot come, a plain field takes the text.
  box.plain = el("textarea", "plain")
  box.plain.value = kept(DRAFT) ?? data.text
  box.plain.spellcheck = false
  box.plain.setAttribute("aria-label", data.label)
  box.plain.oninput = () => keep(DRAFT, box.plain.value)
  box.plain.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.send()
  }
  const apple = /Mac|iPhone|iPad/.test(navigator.platform)
  box.button = el("button", "run", "Run", el("kbd", "", apple ? "⌘ Enter" : "Ctrl+Enter"))
  box.button.type = "button"
  box.button.onclick = () => box.send()
  const frame = el("div", "frame", box.plain)
  box.note = el("span", "note", data.note)
  box.replaceChildren(frame, el("div", "foot", box.button, box.note))
  import(new URL(data.module, document.baseURI).href).then(({ mount }) => {
    if (box.editor || !box.isConnected) return
    const text = box.plain.value
    frame.replaceChildren()
    box.editor = mount(frame, {
      text, known: data.known, label: data.label, hint: data.hint,
      onRun: () => box.send(), onChange: (next) => keep(DRAFT, next),
    })
    take(box, data.put)
    tell(box, data)
  }).catch(() => box.classList.add("without"))
}
