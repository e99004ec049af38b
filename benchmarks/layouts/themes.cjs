// Renders JSON Resume files by one theme, from the folder in which it is installed: node themes.cjs THEME OUT PERSON.json …
const fs = require('fs')
const path = require('path')

const SECTIONS = ['work', 'education', 'skills', 'languages', 'volunteer', 'awards', 'publications', 'interests', 'references', 'certificates', 'projects']

// Older themes know the schema by its first names and expect every list.
function withOldNames (resume) {
  const old = structuredClone(resume)
  Object.assign(old.basics, { website: old.basics.url, picture: '', location: old.basics.location || {}, profiles: old.basics.profiles || [] })
  for (const section of SECTIONS) old[section] = old[section] || []
  for (const job of old.work) Object.assign(job, { company: job.name, website: job.url })
  for (const entry of [...old.work, ...old.volunteer, ...old.projects]) entry.highlights = entry.highlights || []
  for (const entry of [...old.skills, ...old.interests]) entry.keywords = entry.keywords || []
  for (const school of old.education) school.courses = school.courses || []
  return old
}

// Some themes fail on a skill without a level or a project without a role, which the schema allows.
function withEverything (resume) {
  for (const skill of resume.skills) skill.level = 'Advanced'
  for (const project of resume.projects) Object.assign(project, { keywords: [], roles: [], entity: '', type: '' })
  if (!resume.basics.profiles.length) resume.basics.profiles = [{ network: 'LinkedIn', username: 'cv', url: 'https://example.org/cv' }]
  return resume
}

async function main ([theme, out, ...people]) {
  const loaded = await import(theme)
  const render = loaded.render || loaded.default.render || loaded.default
  process.chdir(path.join(__dirname, 'node_modules', theme))
  for (const person of people) {
    const resume = JSON.parse(fs.readFileSync(person, 'utf8'))
    let html
    try {
      html = await render(withOldNames(resume))
    } catch {
      html = await render(withEverything(withOldNames(resume)))
    }
    fs.writeFileSync(path.join(out, path.basename(person, '.json') + '.html'), html)
  }
}

main(process.argv.slice(2)).catch(error => { console.error(String(error && error.stack).slice(0, 400)); process.exit(1) })
