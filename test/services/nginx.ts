import { writeFile } from 'node:fs/promises'
import type { Test } from 'tap'
import { isListening, start, temporaryFolder } from './program.ts'

/** Starts nginx with what is to stand in `http`, and waits until it listens on the port. */
export async function startNginx (t: Test, port: number, http: string): Promise<void> {
  const folder = await temporaryFolder(t)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  await writeFile(`${folder}/nginx.conf`, `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${folder}/pid;
    error_log stderr;
    events {}
    http {
      access_log off;
      ${temporary.map(name => `${name}_temp_path ${folder}/${name};`).join('\n')}
      proxy_cache_path ${folder}/cache keys_zone=answers:1m;
      ${http}
    }`)
  await start(t, ['nginx', '-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`], () => isListening(port))
}
