import { createApp } from 'vue';
import App from './App.vue';
import './page/theme';
import './style.css';

createApp(App).mount('#app');
