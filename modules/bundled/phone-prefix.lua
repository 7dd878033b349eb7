-- Description: Country of a phone number by its prefix, and numbers that cannot be any, without a network
-- Version: 1.0.0
-- License: GPL-3.0
-- Source: phonenumbers
-- Stealth: offline

-- Runs-In: sn0int 0.26.1
-- Page: https://www.itu.int/pub/T-SP-E.164D (country codes), https://www.nanpa.com (area codes of +1)

-- Prefixes without +; the longest counts. What several have between them and the digits do not tell has all their names.
local COUNTRIES = ';Egypt: 20 ;South Sudan: 211 ;Morocco: 212 ;Algeria: 213 ;Tunisia: 216 ;Libya: 218 ;Gambia: 220 ;'
    .. 'Senegal: 221 ;Mauritania: 222 ;Mali: 223 ;Guinea: 224 ;Ivory Coast: 225 ;Burkina Faso: 226 ;Niger: 227 ;'
    .. 'Togo: 228 ;Benin: 229 ;Mauritius: 230 ;Liberia: 231 ;Sierra Leone: 232 ;Ghana: 233 ;Nigeria: 234 ;'
    .. 'Chad: 235 ;Central African Republic: 236 ;Cameroon: 237 ;Cape Verde: 238 ;Sao Tome and Principe: 239 ;'
    .. 'Equatorial Guinea: 240 ;Gabon: 241 ;Congo: 242 ;DR Congo: 243 ;Angola: 244 ;Guinea-Bissau: 245 ;'
    .. 'British Indian Ocean Territory: 246 ;Ascension Island: 247 ;Seychelles: 248 ;Sudan: 249 ;Rwanda: 250 ;'
    .. 'Ethiopia: 251 ;Somalia: 252 ;Djibouti: 253 ;Kenya: 254 ;Tanzania: 255 ;Uganda: 256 ;Burundi: 257 ;'
    .. 'Mozambique: 258 ;Zambia: 260 ;Madagascar: 261 ;Réunion: 262 ;Mayotte: 262269 262639 ;Zimbabwe: 263 ;'
    .. 'Namibia: 264 ;Malawi: 265 ;Lesotho: 266 ;Botswana: 267 ;Eswatini: 268 ;Comoros: 269 ;South Africa: 27 ;'
    .. 'Saint Helena: 290 ;Tristan da Cunha: 2908 ;Eritrea: 291 ;Aruba: 297 ;Faroe Islands: 298 ;'
    .. 'Greenland: 299 ;Greece: 30 ;Netherlands: 31 ;Belgium: 32 ;France: 33 ;Spain: 34 ;Gibraltar: 350 ;'
    .. 'Portugal: 351 ;Luxembourg: 352 ;Ireland: 353 ;Iceland: 354 ;Albania: 355 ;Malta: 356 ;Cyprus: 357 ;'
    .. 'Finland: 358 ;Åland Islands: 35818 ;Bulgaria: 359 ;Hungary: 36 ;Lithuania: 370 ;Latvia: 371 ;'
    .. 'Estonia: 372 ;Moldova: 373 ;Armenia: 374 ;Belarus: 375 ;Andorra: 376 ;Monaco: 377 ;'
    .. 'San Marino: 378 390549 ;Vatican City: 379 3906698 ;Ukraine: 380 ;Serbia: 381 ;Montenegro: 382 ;'
    .. 'Kosovo: 383 ;Croatia: 385 ;Slovenia: 386 ;Bosnia and Herzegovina: 387 ;North Macedonia: 389 ;Italy: 39 ;'
    .. 'Romania: 40 ;Switzerland: 41 ;Czechia: 420 ;Slovakia: 421 ;Liechtenstein: 423 ;Austria: 43 ;'
    .. 'United Kingdom: 44 ;Guernsey: 441481 447781 447839 ;Jersey: 441534 447509 447797 447829 447937 ;'
    .. 'Isle of Man: 441624 447524 447624 447924 ;Denmark: 45 ;Sweden: 46 ;Norway: 47 ;'
    .. 'Svalbard and Jan Mayen: 4779 ;Poland: 48 ;Germany: 49 ;Falkland Islands: 500 ;Belize: 501 ;'
    .. 'Guatemala: 502 ;El Salvador: 503 ;Honduras: 504 ;Nicaragua: 505 ;Costa Rica: 506 ;Panama: 507 ;'
    .. 'Saint Pierre and Miquelon: 508 ;Haiti: 509 ;Peru: 51 ;Mexico: 52 ;Cuba: 53 ;Argentina: 54 ;Brazil: 55 ;'
    .. 'Chile: 56 ;Colombia: 57 ;Venezuela: 58 ;Guadeloupe, Saint Martin or Saint Barthélemy: 590 ;'
    .. 'Bolivia: 591 ;Guyana: 592 ;Ecuador: 593 ;French Guiana: 594 ;Paraguay: 595 ;Martinique: 596 ;'
    .. 'Suriname: 597 ;Uruguay: 598 ;Caribbean Netherlands: 5993 5994 5997 ;Curaçao: 5999 ;Malaysia: 60 ;'
    .. 'Australia: 61 ;Cocos Islands: 6189162 ;Christmas Island: 6189164 ;Indonesia: 62 ;Philippines: 63 ;'
    .. 'New Zealand: 64 ;Singapore: 65 ;Thailand: 66 ;East Timor: 670 ;Australian Antarctic Territory: 6721 ;'
    .. 'Norfolk Island: 6723 ;Brunei: 673 ;Nauru: 674 ;Papua New Guinea: 675 ;Tonga: 676 ;Solomon Islands: 677 ;'
    .. 'Vanuatu: 678 ;Fiji: 679 ;Palau: 680 ;Wallis and Futuna: 681 ;Cook Islands: 682 ;Niue: 683 ;Samoa: 685 ;'
    .. 'Kiribati: 686 ;New Caledonia: 687 ;Tuvalu: 688 ;French Polynesia: 689 ;Tokelau: 690 ;Micronesia: 691 ;'
    .. 'Marshall Islands: 692 ;Russia: 73 74 78 79 ;Kazakhstan: 76 77 ;Japan: 81 ;South Korea: 82 ;Vietnam: 84 ;'
    .. 'North Korea: 850 ;Hong Kong: 852 ;Macao: 853 ;Cambodia: 855 ;Laos: 856 ;China: 86 ;Bangladesh: 880 ;'
    .. 'Taiwan: 886 ;Turkey: 90 ;India: 91 ;Pakistan: 92 ;Afghanistan: 93 ;Sri Lanka: 94 ;Myanmar: 95 ;'
    .. 'Maldives: 960 ;Lebanon: 961 ;Jordan: 962 ;Syria: 963 ;Iraq: 964 ;Kuwait: 965 ;Saudi Arabia: 966 ;'
    .. 'Yemen: 967 ;Oman: 968 ;Palestine: 970 ;United Arab Emirates: 971 ;Israel: 972 ;Bahrain: 973 ;'
    .. 'Qatar: 974 ;Bhutan: 975 ;Mongolia: 976 ;Nepal: 977 ;Iran: 98 ;Tajikistan: 992 ;Turkmenistan: 993 ;'
    .. 'Azerbaijan: 994 ;Georgia: 995 ;Kyrgyzstan: 996 ;Uzbekistan: 998 ;Bahamas: 1242 ;Barbados: 1246 ;'
    .. 'Anguilla: 1264 ;Antigua and Barbuda: 1268 ;British Virgin Islands: 1284 ;U.S. Virgin Islands: 1340 ;'
    .. 'Cayman Islands: 1345 ;Bermuda: 1441 ;Grenada: 1473 ;Turks and Caicos Islands: 1649 ;Jamaica: 1658 1876 ;'
    .. 'Montserrat: 1664 ;Northern Mariana Islands: 1670 ;Guam: 1671 ;American Samoa: 1684 ;Sint Maarten: 1721 ;'
    .. 'Saint Lucia: 1758 ;Dominica: 1767 ;Saint Vincent and the Grenadines: 1784 ;Puerto Rico: 1787 1939 ;'
    .. 'Dominican Republic: 1809 1829 1849 ;Trinidad and Tobago: 1868 ;Saint Kitts and Nevis: 1869 ;'

-- Area codes of +1.
local CANADA = ' 204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474'
    .. ' 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867'
    .. ' 873 879 902 905 942 '
local UNITED_STATES = ' 201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 223 224 225 227 228 229 231'
    .. ' 234 235 239 240 248 251 252 253 254 256 260 262 267 269 270 272 274 276 279 281 283 301 302 303 304'
    .. ' 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 324 325 326 327 329 330 331 332 334'
    .. ' 336 337 339 341 346 347 350 351 352 353 357 360 361 363 364 369 380 385 386 401 402 404 405 406 407'
    .. ' 408 409 410 412 413 414 415 417 419 423 424 425 430 432 434 435 436 440 442 443 445 447 448 457 458'
    .. ' 463 464 465 469 470 471 472 475 478 479 480 483 484 501 502 503 504 505 507 508 509 510 512 513 515'
    .. ' 516 517 518 520 530 531 534 539 540 541 551 557 559 561 562 563 564 567 570 571 572 573 574 575 580'
    .. ' 582 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 621 623 624 626 628'
    .. ' 629 630 631 636 640 641 645 646 650 651 656 657 659 660 661 662 667 669 678 679 680 681 682 686 689'
    .. ' 701 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 725 726 727 728 729 730 731 732'
    .. ' 734 737 738 740 743 747 748 754 757 760 762 763 765 769 770 771 772 773 774 775 779 781 785 786 801'
    .. ' 802 803 804 805 806 808 810 812 813 814 815 816 817 818 820 821 826 828 830 831 832 835 837 838 839'
    .. ' 840 843 845 847 848 850 854 856 857 858 859 860 861 862 863 864 865 870 872 878 901 903 904 906 907'
    .. ' 908 909 910 912 913 914 915 916 917 918 919 920 924 925 928 929 930 931 934 936 937 938 940 941 943'
    .. ' 945 947 948 949 951 952 954 956 959 970 971 972 973 975 978 979 980 983 984 985 986 989 '

-- Of no country.
local LINES = {
    ['1800']='toll free', ['1833']='toll free', ['1844']='toll free', ['1855']='toll free', ['1866']='toll free', ['1877']='toll free',
    ['1888']='toll free', ['800']='toll free', ['808']='shared cost', ['870']='satellite', ['881']='satellite', ['979']='premium rate',
}

local function country_of(digits)
    local area = ' ' .. digits:sub(2, 4) .. ' '
    if digits:find('^1') and CANADA:find(area, 1, true) then
        return 'Canada'
    elseif digits:find('^1') and UNITED_STATES:find(area, 1, true) then
        return 'United States'
    end
    for n = 7, 1, -1 do
        local country = COUNTRIES:match(';([^;:]+):[ %d]* ' .. digits:sub(1, n) .. ' ')
        if country then return country end
    end
end

local function line_of(digits)
    return LINES[digits:sub(1, 4)] or LINES[digits:sub(1, 3)]
end

-- Why nobody can have the number, by E.164 and the plans that have one length alone; nil if somebody can.
local function impossible(digits)
    if #digits > 15 then
        return 'more than 15 digits'
    elseif digits:find('^0') then
        return 'no country code begins with 0'
    elseif digits:find('^1') and #digits ~= 11 then
        return 'numbers of +1 have 11 digits'
    elseif digits:find('^1') and not digits:find('^1[2-9]%d%d[2-9]') then
        return 'area codes and exchanges of +1 begin with 2 to 9'
    elseif digits:find('^7') and #digits ~= 11 then
        return 'numbers of +7 have 11 digits'
    elseif #digits < 7 then
        return 'fewer than 7 digits, as nobody has them'
    end
end

function run(arg)
    local digits = arg['value']:match('^%+(%d+)$')
    if not digits then
        return 'no number of the form +49301234567: ' .. arg['value']
    end
    local why = impossible(digits)
    if why then
        info(arg['value'] .. ': ' .. why)
        db_update('phonenumber', arg, { valid=false })
        return
    end
    local country, line = country_of(digits), line_of(digits)
    if not country and not line then
        return info(arg['value'] .. ': no country has this prefix alone')
    end
    db_update('phonenumber', arg, { country=not arg['country'] and country or nil, line=not arg['line'] and line or nil })
end
