import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // Relative addresses: the page works below any path.
  base: './',
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
