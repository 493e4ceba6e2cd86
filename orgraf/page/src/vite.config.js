import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Relative addresses: the page also works behind a path prefix. Workers as modules, for Monaco.
export default defineConfig({
  plugins: [react()],
  base: './',
  worker: { format: 'es' },
  build: { chunkSizeWarningLimit: 8000 },
})
