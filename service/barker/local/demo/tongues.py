"""What people of the demo bark in their own languages, each once."""

LOCAL: dict[str, tuple[str, ...]] = {
    "de": (
        "Sonntag, Brötchen, Regen am Fenster. Mehr muss nicht.",
        "Die Ringbahn kommt pünktlich. Ich traue der Sache nicht.",
        "Wer hat am Späti das letzte Spezi gekauft? Ich frage nur.",
        "Feierabend! Ab an den Kanal, Füße ins Wasser.",
    ),
    "es": (
        "Hoy la ciudad huele a pan y a lluvia. Qué ganas de no hacer nada.",
        "¿Alguien sabe dónde venden buen queso fresco por aquí? Es urgente, hay arepas.",
        "Mi abuela por teléfono: «¿Ya comiste?». Tres veces. Sí, abuela.",
    ),
    "pt": (
        "Saudade do mar, mas o lago hoje estava quase lá. 🌊",
        "Pão de queijo às sete da manhã muda uma pessoa.",
        "Choveu, parou, choveu de novo. E eu, claro, sem guarda-chuva.",
    ),
    "fr": (
        "Un café, un carnet, une terrasse au soleil. Prière de ne pas déranger.",
        "Le chat du voisin a encore dormi chez nous. On ne dit rien.",
        "Trois trains ratés, trois beaux livres lus. Match nul.",
    ),
    "tr": (
        "Çay demlendi, simit sıcak. Gerisi sonra.",
        "Komşunun kedisi yine bizde kahvaltı etti. 🐈",
        "Bugün kanal kıyısında üç saat kitap okudum, dünya sustu sanki.",
    ),
    "pl": (
        "Pierogi ulepione, sto dwadzieścia sztuk. Kto przychodzi?",
        "Pada od rana, a pies i tak uważa, że to świetny dzień.",
    ),
    "vi": (
        "Sáng nay trời lạnh, một bát phở là đủ hạnh phúc.",
        "Cuối tuần ai đi chợ hoa không? Mình rủ nhé! 🌸",
    ),
    "ru": (
        "Город проснулся, чайник проснулся, а я ещё нет.",
        "На балконе вырос первый огурец. Один. Но какой!",
        "Дождь, трамвай, хорошая книга — вечер удался.",
    ),
    "uk": (
        "Зранку борщ, увечері спів. День без зайвого.",
        "Сусідський пес знову провів мене до метро. Дякую, друже. 🐕",
        "Дощ скінчився, і все місто пахне липою.",
    ),
    "el": (
        "Καφές στο μπαλκόνι και ο κόσμος μπορεί να περιμένει.",
        "Βρήκα επιτέλους καλή φέτα στη γειτονιά. Σήμερα γιορτάζουμε!",
        "Ποιος θα έρθει για βόλτα στο ποτάμι;",
    ),
    "ja": (
        "朝の散歩で猫に三匹会いました。いい一日になりそう。",
        "新しい豆で淹れたコーヒーが、思ったより甘い。☕",
        "終電を逃して、星を見ながら歩いて帰る。\n悪くない。",
        "誰か今度の土曜日、一緒に山へ行きませんか？",
    ),
    "ko": (
        "오늘 하늘 색깔이 너무 예뻐서 한참 서 있었다.",
        "김치전 부치는 소리랑 빗소리가 똑같다. 🌧",
        "주말에 같이 자전거 타실 분?",
    ),
    "zh": (
        "今天包了一百个饺子，邻居都来了。🥟",
        "下雨天最适合读书，手机放远一点。",
        "傍晚骑车回家，河边的灯一盏一盏亮起来。",
        "有人周末一起去爬山吗？我带茶。",
    ),
    "ar": (
        "قهوة الصباح مع صوت المطر، ماذا نريد أكثر؟",
        "جرّبت وصفة جدتي أخيرًا، والبيت كله يشبه رائحة الطفولة.",
        "من يعرف مكتبة جيدة قريبة من هنا؟ 📚",
    ),
    "fa": (
        "امروز باران آمد و شهر بوی خاک گرفت. دلم باز شد.",
        "چای تازه‌دم، شعر خوب، یک دوست. کافی است.",
    ),
    "he": (
        "קפה ראשון, שקט אחרון. בוקר טוב לכולם. ☀️",
        "הכלב שלי החליט היום שהספסל בפארק שלו. לי מותר לעמוד לידו.",
    ),
    "hi": (
        "बारिश, अदरक वाली चाय और पुराना रेडियो। शाम बन गई।",
        "आज पहली बार रोटी सच में गोल बनी! 🎉",
        "कोई रविवार को मेरे साथ शतरंज खेलेगा?",
    ),
}
