// Open pages of report_html in Chromium, as files, and check what a browser makes of them:
//
//	node pages.js DIRECTORY
//
// DIRECTORY/*.html are the pages; their prints go there too, and with the variable
// SCREENSHOTS pictures of them. Prints TAP.
'use strict';
const fs = require('fs');
const path = require('path');
const {pathToFileURL} = require('url');
const {chromium} = require('playwright-core');

const directory = process.argv[2];
const VIEWPORTS = {phone: {width: 375, height: 812}, desktop: {width: 1280, height: 900}};
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
                   '--disable-background-networking', '--disable-component-update', '--disable-sync'];
let tests = 0;

function is(found, expected, description) {
	const passed = JSON.stringify(found) === JSON.stringify(expected);
	console.log(`${passed ? 'ok' : 'not ok'} ${++tests} - ${description}`);
	if (!passed)
		console.log(`# found ${JSON.stringify(found)}\n# expected ${JSON.stringify(expected)}`);
}

// Run in the page: texts whose contrast to what is behind them is below WCAG's AA
function lowContrast() {
	const channels = (color) => color.match(/[\d.]+/g).map(Number);
	const luminance = (color) => {
		const [r, g, b] = channels(color).slice(0, 3).map((c) => c / 255)
			.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const background = (element) => {
		for (; element; element = element.parentElement) {
			const color = getComputedStyle(element).backgroundColor;
			if (channels(color)[3] !== 0)
				return color;
		}
		throw new Error('no background');
	};
	const low = [];
	let seen = 0;
	for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode();) {
		const element = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || element.localName === 'title')
			continue;
		const style = getComputedStyle(element);
		const [one, other] = [luminance(element.ownerSVGElement ? style.fill : style.color), luminance(background(element))];
		const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
		seen++;
		if (contrast < 4.5)
			low.push(`${walker.currentNode.data.trim().slice(0, 20)}: ${contrast.toFixed(2)}`);
	}
	return {low, seen};
}

// Run in the page: what sticks out of it, but for what is in a box that scrolls
function overflow() {
	const width = document.documentElement.clientWidth;
	const wide = [...document.querySelectorAll('body *')]
		.filter((e) => !e.closest('.wide') && e.getBoundingClientRect().right > width + 0.5)
		.map((e) => `${e.localName}.${e.getAttribute('class') || ''}`);
	return {page: document.documentElement.scrollWidth - width, wide: wide.slice(0, 5)};
}

// Run in the page: what the markup owes to those who do not see it
function accessibility() {
	const wrong = [];
	if (document.documentElement.lang !== 'en') wrong.push('lang');
	if (!document.title) wrong.push('title');
	if (document.characterSet !== 'UTF-8') wrong.push('charset');
	if (document.compatMode !== 'CSS1Compat') wrong.push('quirks');
	for (const svg of document.querySelectorAll('svg')) {
		const {width, height} = svg.getBoundingClientRect();
		if (!(width > 5 && height > 5)) wrong.push(`svg of ${width} by ${height}`);
		if (svg.getAttribute('aria-hidden') !== 'true' &&
			!(svg.getAttribute('role') === 'img' && svg.firstElementChild.localName === 'title' && svg.firstElementChild.textContent))
			wrong.push('svg without a name');
		if (/NaN|inf/i.test(svg.outerHTML.replace(/<title>.*?<\/title>/g, ''))) wrong.push('svg with a number that is none');
	}
	for (const th of document.querySelectorAll('th'))
		if (!th.scope) wrong.push('th without scope');
	for (const box of document.querySelectorAll('.wide'))
		if (box.tabIndex !== 0 || !box.getAttribute('aria-label')) wrong.push('box that the keyboard cannot scroll');
	let level = 0;
	for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
		if (heading.localName[1] - level > 1) wrong.push(`${heading.localName} below h${level}`);
		level = Number(heading.localName[1]);
	}
	return wrong;
}

// Run in the page: elements that only a text that was not escaped could have made, or that load something
function foreign() {
	return [...document.querySelectorAll('script, img, iframe, object, embed, link, base, form, input, button, use, image, foreignObject, ' +
		'animate, set, style ~ style, body style, [src], [srcset], [style], a:not([href^="#"])')].map((e) => e.outerHTML.slice(0, 80))
		.concat([...document.querySelectorAll('*')].flatMap((e) => [...e.attributes])
			.filter((a) => /^on/i.test(a.name) || /javascript:|url\(|^https?:/i.test(a.value)).map((a) => `${a.name}=${a.value}`));
}

async function check(browser, file) {
	const name = path.basename(file, '.html');
	for (const [size, viewport] of Object.entries(VIEWPORTS)) {
		for (const colorScheme of ['light', 'dark']) {
			const what = `${name}, ${size}, ${colorScheme}`;
			const requests = [];
			const messages = [];
			const context = await browser.newContext({viewport, colorScheme, deviceScaleFactor: 1});
			const page = await context.newPage();
			page.on('request', (request) => requests.push(request.url()));
			page.on('console', (message) => messages.push(message.text()));
			page.on('pageerror', (error) => messages.push(String(error)));
			page.on('dialog', (dialog) => { messages.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
			await page.goto(pathToFileURL(file).href);
			await page.waitForTimeout(50);
			is(requests, [pathToFileURL(file).href], `${what}: nothing is requested but the page`);
			is(messages, [], `${what}: no message, error or dialog`);
			is(await page.evaluate('window.hacked === undefined && document.cookie === ""'), true, `${what}: no script ran`);
			is(await page.evaluate(overflow), {page: 0, wide: []}, `${what}: nothing is wider than the page`);
			const contrast = await page.evaluate(lowContrast);
			is(contrast.low, [], `${what}: contrast of ${contrast.seen} texts`);
			is(contrast.seen > 5, true, `${what}: there are texts`);
			if (size === 'desktop' && colorScheme === 'light') {
				is(await page.evaluate(accessibility), [], `${what}: drawings, tables and headings are accessible`);
				is(await page.evaluate(foreign), [], `${what}: no element of a user's`);
				const pdf = path.join(directory, `${name}.pdf`);
				await page.pdf({path: pdf, format: 'A4', printBackground: false});
				const pages = (fs.readFileSync(pdf, 'latin1').match(/\/Type\s*\/Page\b/g) || []).length;
				is(pages >= 1, true, `${name}: printed on ${pages} pages`);
				await page.emulateMedia({media: 'print', colorScheme: 'dark'});
				is((await page.evaluate(lowContrast)).low, [], `${name}, in print: contrast, also where the screen is dark`);
			}
			await page.emulateMedia({media: 'screen', colorScheme});
			if (process.env.SCREENSHOTS)
				await page.screenshot({path: path.join(directory, `${name}-${size}-${colorScheme}.png`), fullPage: true});
			await context.close();
		}
	}
}

(async () => {
	const browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ARGUMENTS});
	for (const file of fs.readdirSync(directory).filter((f) => f.endsWith('.html')).sort())
		await check(browser, path.join(directory, file));
	await browser.close();
	console.log(`1..${tests}`);
})();
