"""Titles that many documents have: "Annual report 2019" of one country is not that of another.

The words below are those of which such titles are made, in the six languages of the UN and some that national sites
add. They are compared folded, so accents, case and plurals spelt out here are all that matters.
"""

from __future__ import annotations

import re

from vocabularies.folding import fold

_WORDS = """
a about action activities agenda all an and annual annex appendix article biodiversity biological brochure bulletin by
call centre conservation contact convention country data day december diversity document draft edition eighth event
events executive fact fifth final first for fourth framework from global guide guidelines health home in index
information international introduction issue january june law list march may meeting minutes national nature nbsap news
newsletter no note notes number of on or overview page paper part plan plans policy poster presentation press
programme program progress project protocol publication publications quarterly release report reports research
resources results review second secretariat seventh sixth state status strategic strategies strategy study summary
the third to update updated version volume welcome with workshop world year cbd chm un unep
actes action activites actualites agenda annexe annuel annuelle au aux avec bilan biodiversite biologique brochure
bulletin cadre cinquieme communique compte conservation convention dans de des deuxieme diversite document dossier du
en et etat etude evenement faits final guide introduction journee la le les lettre liste loi mondial nationale national
nationaux nature note nouvelles numero page par plan politique pour premier premiere presentation presse programme
projet publication quatrieme rapport rapports rendu resume revue septieme sixieme sur strategie strategique troisieme
un une
accion acciones actividades al anexo anual articulo biodiversidad biologica boletin con conservacion convenio cuarto
del dia diversidad documento el en estado estrategia estrategico estudio evento final guia informe informes
introduccion las ley lista los marco memoria mundial nacional nacionales noticias numero pagina para plan politica
prensa presentacion primer programa proyecto publicacion quinto resumen revista segundo septimo sexto sobre taller
tercer un una y
биологическая биологического биологическом биоразнообразие биоразнообразия бюллетень в второй годовой доклад документ
доклады для за закон и информация июнь к конвенции конвенция краткий май национальная национального национальной
национальный новости о об обзор отчет охрана первый план по политика пресс природы программа проект пятый
разнообразии разнообразия релиз резюме седьмой список сохранение стратегия третий четвертый шестой январь
الاتفاقيه الاتفاقية الاحيائي الاخبار الاستراتيجيه الاستراتيجية الاول البيولوجي التقرير التنوع الثالث الثاني الخامس
الخطه الخطة الرابع السابع السادس السنوي العمل القانون المتحده المتحدة الوطني الوطنيه الوطنية اخبار استراتيجيه
استراتيجية بشان بيان تقرير حول خطه خطة دراسه دراسة دليل سنوي صحفي عن في قانون للتنوع ملخص من نشره نشرة و وطني وطنيه
وطنية
actieplan biodiversiteit de en het jaarverslag nationaal nationale nieuws nieuwsbrief rapport strategie van voor
aktionsplan bericht biodiversitat biologische biologischen der die fur jahresbericht nationale nationaler strategie
und uber zur
anual biodiversidade boletim da do dos e estrategia nacional noticias o os plano relatorio
"""
_CHINESE = re.compile(
    "国家|年度|年|报告|生物|多样性|战略|行动|计划|公约|新闻|简报|通讯|公报|摘要|法|条例|关于|第|次|届|一|二|三|四|五|六|七|八|"
    "九|十|保护|状况|研究|指南|手册|中国|和|与|的|会议|项目|政策|信息|概况"
)
_GENERIC = frozenset(fold(word) for word in _WORDS.split())
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_ENOUGH = 3  # words that say what a document is about; of ideographs two make a word


def is_generic(title: str) -> bool:
    """Whether a folded title has fewer than three words of its own, beside numbers and those of every report."""
    ideographs = "".join(_IDEOGRAPHS.findall(_CHINESE.sub(" ", title)))
    own = {word for word in _IDEOGRAPHS.sub(" ", title).split() if word not in _GENERIC and not word.isdecimal()}
    return len(own) + len(ideographs) // 2 < _ENOUGH
