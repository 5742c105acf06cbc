import { images } from '@triplane/testing/containers'
import { docker } from '../compose-project.ts'

/** More than a plane asks for (500 MB), in memory that is used only when it is filled. */
const SIZE = '1g'
const FULL = '/disk/full'

/** A volume of a compose project on a small disk of its own, which can be filled. It is kept while no plane uses it. */
export class SmallDisk {
  readonly #holder: string

  /** Makes the volume before compose does. */
  constructor(project: string, volume: string) {
    const name = `${project}_${volume}`
    this.#holder = `${project}-disk`
    const labels = [`com.docker.compose.project=${project}`, `com.docker.compose.volume=${volume}`]
    const options = ['type=tmpfs', 'device=tmpfs', `o=size=${SIZE},uid=1000,gid=1000,mode=0755`]
    must(
      'volume',
      ...['create', '--driver', 'local', ...options.flatMap((option) => ['--opt', option])],
      ...[...labels.flatMap((label) => ['--label', label]), name],
    )
    const entry = ['--entrypoint', 'sleep', images.redis, 'infinity']
    must('run', '--detach', '--user', '0', '--name', this.#holder, '--volume', `${name}:/disk`, ...entry)
  }

  fill(): void {
    docker('exec', this.#holder, 'sh', '-c', `cat /dev/zero > ${FULL}`)
  }

  clear(): void {
    must('exec', this.#holder, 'rm', '--force', FULL)
  }

  /** Lets compose remove the volume. */
  release(): void {
    docker('rm', '--force', this.#holder)
  }
}

function must(...args: readonly string[]): void {
  const { code, stderr } = docker(...args)
  if (code !== 0) throw new Error(`Expected docker ${args[0]} to succeed, was ${code}: ${stderr}`)
}
