"""Names of places that neither the CBD's vocabularies nor CLDR have: short, former, formal and grouped ones."""

from __future__ import annotations

# By CBD identifier of a country (lower-case ISO 3166-1 alpha-2). Formal names of the usual make ("Republic of Peru")
# are read by `places`; here stand those whose short form means something else, or that are made in another way.
COUNTRIES = {
    "ae": "Emirates|ОАЭ|Объединенные Арабские Эмираты|الإمارات",
    "ba": "Bosnia-Herzegovina|Bosnia|Bosnie|Bosnien",
    "bo": "Estado Plurinacional de Bolivia",
    "by": "Белоруссия|Biélorussie|Byelorussia|Bielorrusia|Weißrussland|Wit-Rusland",
    "ci": "Ivory Coast|كوت ديفوار|Costa de Marfil|Elfenbeinküste|Берег Слоновой Кости|ساحل العاج|象牙海岸",
    "cd": "DR Congo|DRC|RDC|D.R. Congo|Congo DR|Congo (Democratic Republic of the)|Democratic Republic of Congo|"
    "Democratic Republic of the Congo|Congo (Kinshasa)|Congo-Kinshasa|Zaire|Zaïre|ДР Конго|ДРК|"
    "République démocratique du Congo|República Democrática del Congo|República Democrática do Congo",
    "cf": "CAR|Central African Rep.|République centrafricaine|República Centroafricana|Centrafrique",
    "cg": "Republic of the Congo|Republic of Congo|Congo (Brazzaville)|Congo-Brazzaville|Congo Republic|"
    "République du Congo|República del Congo",
    "cn": "PR China|P.R. China|PRC|People's Republic of China|People’s Republic of China|КНР|中华人民共和国|"
    "中華人民共和國|Китайская Народная Республика|République populaire de Chine|República Popular China|"
    "Mainland China",
    "cv": "Cape Verde",
    "cz": "Czech Republic|République tchèque|República Checa|Tschechische Republik|Чешская Республика",
    "de": "Bundesrepublik Deutschland|ФРГ",
    "do": "Dominican Rep.",
    "eg": "جمهورية مصر العربية|Arab Republic of Egypt",
    "eu": "European Union|EU|E.U.|UE|Union européenne|Unión Europea|União Europeia|Europäische Union|ЕС|"
    "Европейский союз|الاتحاد الأوروبي|欧盟|欧洲联盟|歐盟",
    "fm": "Federated States of Micronesia|FSM|Micronesia (Federated States of)|États fédérés de Micronésie",
    "gb": "UK|Соединённое Королевство|Yhdistynyt kuningaskunta|U.K.|Great Britain|Britain|GB|"
    "United Kingdom of Great Britain and Northern Ireland|Grande-Bretagne|Gran Bretaña|Großbritannien|"
    "Storbritannien|Storbritannia|Wielka Brytania|Великобритания|Велика Британія|بريطانيا|"
    "Royaume-Uni de Grande-Bretagne et d'Irlande du Nord|Reino Unido de Gran Bretaña e Irlanda del Norte",
    "gr": "Hellenic Republic|République hellénique|República Helénica",
    "hk": "Hong Kong SAR|Hong Kong, China",
    "ir": "جمهوری اسلامی ایران|Persia",
    "kg": "Kyrgyz Republic|Киргизия|Киргизская Республика|Кыргызская Республика|République kirghize|Kirghizie",
    "kp": "North Korea|Северная Корея|DPRK|D.P.R. Korea|DPR Korea|Democratic People's Republic of Korea|КНДР",
    "kr": "South Korea|Южная Корея|Republic of Korea|Korea (Republic of)|ROK|Korea, South|Korea, Rep.|"
    "République de Corée|República de Corea|Республика Корея|大韩民国|大韓民國|대한민국",
    "la": "Lao PDR|Lao People's Democratic Republic|Laos|RDP Lao|República Democrática Popular Lao",
    "lb": "Lebanese Republic",
    "ly": "Libyan Arab Jamahiriya|Jamahiriya arabe libyenne|State of Libya",
    "md": "Moldavia|Moldavie|Молдавия",
    "mk": "Macedonia|FYROM|FYR Macedonia|The former Yugoslav Republic of Macedonia|"
    "Former Yugoslav Republic of Macedonia|Republic of North Macedonia",
    "mm": "Burma|Birmanie|Birmania|Бирма",
    "mo": "Macao SAR|Macau",
    "mu": "Île Maurice|Ile Maurice|Isla Mauricio",
    "mx": "Estados Unidos Mexicanos|United Mexican States",
    "nl": "Holland|Hollande|Holanda|Kingdom of the Netherlands|Royaume des Pays-Bas",
    "nz": "Nueva Zelandia|Aotearoa",
    "om": "سلطنة عمان",
    "ps": "State of Palestine|فلسطين|Palestine|État de Palestine|Estado de Palestina|Occupied Palestinian Territory",
    "ru": "Russian Federation|РФ|Fédération de Russie|Federación de Rusia|Российская Федерация|俄罗斯联邦|"
    "الاتحاد الروسي",
    "sa": "KSA|المملكة العربية السعودية",
    "sk": "Slovak Republic|République slovaque|República Eslovaca",
    "st": "Sao Tome & Principe",
    "sy": "Syrian Arab Republic|République arabe syrienne|República Árabe Siria|Сирийская Арабская Республика",
    "sz": "Swaziland|Souaziland|Suazilandia|Свазиленд",
    "tl": "East Timor|Timor oriental|Timor Oriental",
    "tr": "Turkey",
    "tw": "Taiwan|Chinese Taipei|Republic of China",
    "us": "USA|U.S.A.|U.S.|US|United States of America|États-Unis d'Amérique|Estados Unidos de América|EE. UU.|"
    "EE.UU.|EEUU|США|Соединённые Штаты Америки|الولايات المتحدة الأمريكية|アメリカ合衆国|美利坚合众国|"
    "Vereinigte Staaten von Amerika",
    "vc": "St. Vincent and the Grenadines|St. Vincent & the Grenadines",
    "va": "Vatican|Vatican City|Vatican City State|Holy See|Saint-Siège|Santa Sede",
    "ve": "República Bolivariana de Venezuela",
    "vn": "Viet Nam|Socialist Republic of Vietnam",
    "za": "RSA|ЮАР|Южная Африка|South African Republic",
}

# By English title of the CBD's regions, which have no codes of their own: the M49 code of the United Nations, where it
# is the same region, and names and abbreviations of groups.
REGIONS = {
    "Global": "001|World|Worldwide|World-wide|Mondial|Monde entier|Mundial|Весь мир|全球|全世界|عالمي|العالم",
    "Africa - All countries": "002|All Africa",
    "Americas - All countries": "019|The Americas|Americas|Amériques|Las Américas|美洲",
    "Asia - All countries": "142",
    "Europe - All countries": "150",
    "Oceania - All countries": "009",
    "Africa - Eastern Africa": "014|East Africa|Afrique de l'Est|África del Este",
    "Africa - Middle Africa": "017|Central Africa|Afrique centrale|África central",
    "Africa - Northern Africa": "015|North Africa|Afrique du Nord|África del Norte",
    "Africa - Western Africa": "011|West Africa|Afrique de l'Ouest|África del Oeste",
    "Americas - Caribbean": "029|The Caribbean|Antilles|Caraïbe",
    "Americas - Central America": "013",
    "Americas - Northern America": "021",
    "Americas - South America": "005|América del Sur|Amérique du Sud|Sur América",
    "Asia - Central Asia": "143|Средняя Азия|Asie centrale",
    "Asia - Eastern Asia": "030|East Asia|Asie de l'Est",
    "Asia - South-Eastern Asia": "035|South-East Asia|South East Asia|Southeastern Asia|Asie du Sud-Est",
    "Asia - Southern Asia": "034|South Asia|Asie du Sud",
    "Asia - Western Asia": "145|West Asia|Asie occidentale|Asie de l'Ouest",
    "Europe - Eastern Europe": "151|Europe de l'Est|Europa del Este",
    "Europe - Northern Europe": "154|Europe du Nord|Europa del Norte",
    "Europe - Southern Europe": "039|Europe du Sud|Europa del Sur",
    "Europe - Western Europe": "155|Europe occidentale|Europe de l'Ouest|Europa Occidental",
    "Oceania - Australia and New Zealand": "053",
    "Oceania - Melanesia": "054",
    "Oceania - Micronesia": "057",
    "Oceania - Polynesia": "061",
    "Africa - African Union": "African Union|AU|Union africaine|Unión Africana|Африканский союз|الاتحاد الأفريقي|"
    "非洲联盟",
    "Africa - Economic Community of West African States": "ECOWAS|CEDEAO|Economic Community of West African States",
    "Africa - Southern African Development Community": "SADC|Southern African Development Community",
    "Africa - Union Economique et Monétaire Ouest Africaine": "UEMOA|WAEMU",
    "Americas - Amazon Cooperation Treaty": "ACTO|OTCA|Amazon Cooperation Treaty Organization",
    "Americas - Mercosur": "Mercosur|Mercosul|MERCOSUR",
    "Americas - The Caribbean Community (Caricom)": "CARICOM|Caribbean Community",
    "Asia - Association of Southeast Asian Nations": "ASEAN|ANASE|ANSEA|АСЕАН|东盟|"
    "Association of Southeast Asian Nations",
    "Eurasia - Commonwealth of Independent States": "CIS|СНГ|Commonwealth of Independent States|"
    "Содружество Независимых Государств|Communauté des États indépendants",
    "Europe - European Union member states": "EU member states|EU-27|EU27|EU Member States",
    "Europe - European Free Trade Association": "EFTA|European Free Trade Association",
    "Europe - Visegrad Group": "Visegrad Group|V4",
    "Global - Arctic countries": "Arctic countries",
    "Global - Asia-Pacific Economic Cooperation": "APEC|Asia-Pacific Economic Cooperation",
    "Global - Developing countries": "Developing countries|Pays en développement|Países en desarrollo",
    "Global - La Francophonie": "La Francophonie|Organisation internationale de la Francophonie",
    "Global - Least Developed Countries": "LDC|LDCs|Least Developed Countries|Pays les moins avancés|PMA|"
    "Países menos adelantados|Наименее развитые страны|أقل البلدان نموا|最不发达国家",
    "Global - Organisation for Economic Co-operation and Development": "OECD|OCDE|ОЭСР|经合组织|"
    "Organisation for Economic Co-operation and Development",
    "Global - Small Island Developing States": "SIDS|PEID|Small Island Developing States|小岛屿发展中国家|"
    "Petits États insulaires en développement|Pequeños Estados insulares en desarrollo",
    "Global - The Commonwealth": "The Commonwealth|Commonwealth of Nations",
    "CBD Regional Groups - Africa": "African Group",
    "CBD Regional Groups - Asia and the Pacific": "Asia and the Pacific|Asia-Pacific|Asia and Pacific|"
    "Asia-Pacific Group|Asie et Pacifique|Asie-Pacifique|Asia y el Pacífico",
    "CBD Regional Groups - Central and Eastern Europe": "CEE|Central and Eastern Europe|"
    "Europe centrale et orientale|Europa Central y Oriental|Центральная и Восточная Европа",
    "CBD Regional Groups - Latin America and the Caribbean": "GRULAC|LAC|Latin America and the Caribbean|"
    "Latin America and Caribbean|Amérique latine et Caraïbes|América Latina y el Caribe|América Latina e Caribe|"
    "Латинская Америка и Карибский бассейн|أمريكا اللاتينية ومنطقة البحر الكاريبي|拉丁美洲和加勒比",
    "CBD Regional Groups - Western Europe and Others": "WEOG|Western European and Others Group",
}
