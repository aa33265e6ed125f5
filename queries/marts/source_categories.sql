/*
title = "Source categories"
question = "What kind of site is a source?"
kind = "mart"
grain = "one row per source name that belongs to a known kind of site"
key = "source_name"
owner = "growth"
description = """
Google groups channels with a list of search engines, social networks, video
sites and shops. Here is that list: add a name to its line and build again.
"""

[columns]
source_name = "the name as it landed, capitals included"
category = "search, social, video or shopping"
*/
-- How to read the lists: a name stands for itself, name(.com) also for
-- name.com, * for anything, _ for a space. Capitals make no difference.
with known (category, names) as (
    values
        ('search', '
*.search.yahoo.com yandex.* 360.cn alice aol ask auone avg babylon baidu
biglobe biglobe.co.jp biglobe.ne.jp bing centrum.cz cn.bing.com cnn
comcast conduit daum daum.net dogpile(.com) duckduckgo ecosia.org
email.seznam.cz eniro exalead.com excite.com firmy.cz globo go.mail.ru
google google-play incredimail kvasir lens.google.com lite.qwant.com lycos
m.baidu.com m.naver.com m.search.naver.com m.sogou.com mail.rambler.ru
mail.yandex.ru msn(.com) najdi naver(.com) news.google.com ntp.msn.com
onet onet.pl play.google.com qwant(.com) rakuten rakuten.co.jp rambler
rambler.ru search-results search.aol.co.uk search.aol.com
search.google.com search.smt.docomo.ne.jp search.ukr.net secureurl.ukr.net
seznam seznam.cz so.com sogou(.com) sp-web.search.auone.jp startsiden
startsiden.no suche.aol.de terra tut.by ukr virgilio wap.sogou.com
webmaster.yandex.ru websearch.rakuten.co.jp yahoo(.com) yahoo.co.jp yandex
zen.yandex.ru
        '),
        ('social', '
pinterest.* *.pinterest.com *.facebook.com *.instagram.com 43things(.com)
51.com 5ch.net academia.edu activerain(.com) activeworlds(.com)
addthis(.com) airg.ca allnurses.com allrecipes.com alumniclass(.com)
ameba.jp ameblo.jp americantowns(.com) amp.reddit.com ancestry.com
anobii(.com) answerbag(.com) answers.yahoo.com aolanswers(.com)
artstation.com askubuntu(.com) asmallworld.com athlinks(.com) away.vk.com
awe.sm b.hatena.ne.jp baby-gaga(.com) babyblog.ru badoo(.com) bebo(.com)
beforeitsnews(.com) bharatstudent(.com) biip.no biswap.org bit.ly
blackcareernetwork.com blackplanet(.com) blip.fm blog.com
blog.feedspot.com blog.goo.ne.jp blog.naver.com blog.yahoo.co.jp blogg.no
bloggang.com blogger(.com) blogher(.com) bloglines(.com) blogs.com
blogsome(.com) blogspot(.com) blogster(.com) blurtit(.com)
bookmarks.yahoo.co.jp bookmarks.yahoo.com brightkite(.com) brizzly(.com)
buzzfeed(.com) buzznet(.com) cafe.naver.com cafemom(.com) camospace(.com)
canalblog.com care.com care2(.com) caringbridge.org catster(.com) cbnt.io
cellufun(.com) centerblog.net chat.zalo.me chegg.com chicagonow(.com)
chiebukuro.yahoo.co.jp classmates(.com) classquest(.com)
cocolog-nifty(.com) copainsdavant.linternaute.com couchsurfing.org
cozycot(.com) cross.tv crunchyroll(.com) cyworld(.com) d.hatena.ne.jp
dailystrength.org deluxe.com deviantart(.com) dianping(.com) digg(.com)
diigo(.com) discover.hubpages.com disqus(.com) dogster(.com) dol2day(.com)
doostang(.com) dopplr(.com) douban(.com) draft.blogger.com draugiem.lv
drugs-forum(.com) dzone(.com) edublogs.org elftown(.com) epicurious.com
everforo.com exblog.jp extole(.com) facebook(.com) faceparty(.com)
fandom.com fanpop(.com) fark(.com) fb fb.me fc2(.com) feedspot
feministing(.com) filmaffinity(.com) flickr(.com) flipboard(.com)
folkdirect(.com) foodservice(.com) forums.androidcentral.com
forums.crackberry.com forums.imore.com forums.nexopia.com
forums.webosnation.com forums.wpcentral.com fotki(.com) fotolog(.com)
foursquare(.com) friendfeed(.com) fruehstueckstreff.org fubar(.com)
gaiaonline(.com) gamerdna(.com) gather.com geni.com getpocket.com
glassboard(.com) glassdoor(.com) godtube(.com) goldenline.pl
goldstar(.com) goo.gl gooblog goodreads(.com) google+ googlegroups.com
googleplus govloop(.com) gowalla(.com) gree.jp groups.google.com gulli.com
gutefrage.net habbo(.com) hatena hi5(.com) hootsuite(.com) houzz(.com)
hoverspot(.com) hr.com hubculture(.com) hubpages.com hyves.net hyves.nl
ibibo(.com) identi.ca ig imageshack(.com) imageshack.us imvu(.com)
insanejournal(.com) instagram(.com) instapaper(.com) internations.org
interpals.net intherooms(.com) irc-galleria.net is.gd italki(.com)
jammerdirect(.com) jappy.com jappy.de kaboodle.com kakao(.com)
kakaocorp.com kaneva(.com) kin.naver.com l.messenger.com last.fm
librarything(.com) lifestream.aol.com line line.me linkedin(.com)
listal(.com) listography(.com) livedoor.com livedoorblog livejournal(.com)
lnkd.in m.blog.naver.com m.cafe.naver.com m.kin.naver.com m.vk.com
m.yelp.com mbga.jp medium.com meetin.org meetup(.com) meinvz.net
meneame.net menuism.com messages.google.com messages.yahoo.co.jp
messenger(.com) mix.com mixi.jp mocospace(.com) mouthshut(.com)
movabletype(.com) mubi(.com) my.opera.com myanimelist.net myheritage(.com)
mylife(.com) mymodernmet(.com) myspace(.com) netvibes(.com)
news.ycombinator.com newsshowcase nexopia ngopost.org niconico
nicovideo.jp nightlifelink(.com) ning(.com) odnoklassniki.ru
odnoklassniki.ua okwave.jp old.reddit.com oneworldgroup.org
onstartups(.com) opendiary(.com) oshiete.goo.ne.jp out.reddit.com
over-blog.com overblog.com paper.li partyflock.nl photobucket(.com)
pinboard pinboard.in pingsta(.com) pinterest pixiv.net playahead.se
plurk(.com) plus.google.com plus.url.google.com pocket.co posterous(.com)
pro.homeadvisor.com pulse.yahoo.com qapacity(.com) quechup(.com)
quora(.com) qzone.qq.com ravelry(.com) reddit(.com) redux(.com)
renren(.com) researchgate.net reunion(.com) reverbnation(.com) rtl.de
ryze(.com) salespider(.com) scoop.it screenrant(.com) scribd(.com)
scvngr(.com) secondlife(.com) serverfault(.com) shareit sharethis(.com)
shvoong.com sites.google.com skype skyrock(.com) slashdot.org
slideshare.net smartnews.com snapchat(.com) social sociallife.com.br
socialvibe(.com) spaces.live.com spoke(.com) spruz(.com) ssense.com
stackapps(.com) stackexchange(.com) stackoverflow(.com) stardoll.com
stickam(.com) studivz.net suomi24.fi superuser(.com) sweeva(.com) t.co
t.me tagged(.com) taggedmail(.com) talkbiznow(.com) taringa.net
techmeme(.com) tencent(.com) tiktok(.com) tinyurl(.com) toolbox(.com)
travellerspoint(.com) tripadvisor(.com) trombi(.com) trustpilot
tudou(.com) tuenti(.com) tumblr(.com) tweetdeck(.com) twitter(.com)
twoo.com typepad(.com) unblog.fr urbanspoon.com ushareit.com ushi.cn
vampirefreaks(.com) vampirerave(.com) vg.no video.ibm.com vk.com
vkontakte.ru wakoopa(.com) wattpad(.com) web.skype.com webshots(.com)
wechat(.com) weebly(.com) weibo(.com) wer-weiss-was.de weread(.com)
whatsapp(.com) wiki.answers.com wikihow.com wikitravel.org woot.com
wordpress(.com) wordpress.org xanga(.com) xing(.com) yahoo-mbga.jp
yammer(.com) yelp(.com) yelp.co.uk youroom.in zalo zoo.gr zooppa(.com)
        '),
        ('video', '
*.netflix.com *.twitch.tv crackle(.com) curiositystream(.com) d.tube
dailymotion(.com) disneyplus(.com) fast.wistia.net help.hulu.com
hulu(.com) iq.com iqiyi(.com) justin.tv m.youtube.com music.youtube.com
netflix(.com) player.vimeo.com ted(.com) twitch twitch.tv utreon(.com)
veoh(.com) viadeo.journaldunet.com vimeo(.com) wistia(.com) youku(.com)
youtube(.com)
        '),
        ('shopping', '
*.alibaba.com *.shopping.net *.mercadolibre.*
aax-us-east.amazon-adsystem.com aax.amazon-adsystem.com alibaba(.com)
amazon(.com) amazon.co.uk apps.shopify.com checkout.shopify.com
checkout.stripe.com cr.shopping.naver.com cr2.shopping.naver.com
ebay(.com) ebay.co.uk ebay.com.au ebay.de etsy(.com) google_shopping
igshopping m.shopping.naver.com mercadolibre(.com) mercadolibre.com.ar
mercadolibre.com.mx msearch.shopping.naver.com one.walmart.com
order.shopping.yahoo.co.jp partners.shopify.com s3.amazonaws.com shop.app
shopify(.com) shopping.naver.com shopping.yahoo.co.jp shopping.yahoo.com
shopzilla(.com) simplycodes.com store.shopping.yahoo.co.jp stripe(.com)
walmart(.com)
        ')
),

word as (
    select
        category,
        replace(unnest(string_split_regex(trim(names), '\s+')), '_', ' ')
            as word
    from known
),

site as (
    select category, replace(word, '(.com)', '') as pattern from word
    union all
    select category, replace(word, '(.com)', '.com') from word
    where word like '%(.com)'
),

source as (
    select source_name from landed.session
    union
    select source_name from landed.web_event
    union
    select last_source from landed.sales_order
),

exact as (
    select source.source_name, site.category
    from source
    inner join site on lower(source.source_name) = site.pattern
),

by_pattern as (
    select source.source_name, site.category
    from source
    inner join site on lower(source.source_name) glob site.pattern
    where site.pattern like '%*%'
        and source.source_name not in (select source_name from exact)
)

select source_name, min(category) as category from exact
group by source_name
union all
select source_name, min(category) from by_pattern
group by source_name
