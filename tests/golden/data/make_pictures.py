# Makes the pictures here and what Pillow and TensorFlow read from and resize them to.
# python make_pictures.py tests/golden/data/pictures   (needs pillow, tensorflow and ImageMagick)
import sys, numpy as np, io
from PIL import Image
import os
out=sys.argv[1]+'/'
r=np.random.default_rng(5)
y,x=np.mgrid[0:19,0:27]
rgb=np.stack([(x*9)%256,(y*13)%256,((x+y)*5)%256],-1).astype('u1')
rgb[4:9,6:15]=r.integers(0,256,(5,9,3))
im=Image.fromarray(rgb); exp={}
def put(n,data):
    open(out+n,'wb').write(data); 
    p=Image.open(out+n); 
    exp[n]=np.asarray(p.convert('RGB'))
def save(n,img,**k):
    b=io.BytesIO(); img.save(b,**k); put(n,b.getvalue())
save('baseline420.jpg',im,format='JPEG',quality=85,subsampling=2)
save('baseline422.jpg',im,format='JPEG',quality=85,subsampling=1)
save('baseline444.jpg',im,format='JPEG',quality=95,subsampling=0)
save('progressive.jpg',im,format='JPEG',quality=80,progressive=True)
save('gray.jpg',im.convert('L'),format='JPEG')
save('cmyk.jpg',im.convert('CMYK'),format='JPEG',quality=95)
save('rgb.png',im,format='PNG')
save('gray.png',im.convert('L'),format='PNG')
save('palette.png',im.quantize(13),format='PNG')
save('bilevel.png',im.convert('1'),format='PNG')
a=im.copy(); a.putalpha(Image.fromarray(r.integers(0,256,(19,27)).astype('u1'))); save('rgba.png',a,format='PNG')
save('grayalpha.png',a.convert('LA'),format='PNG')
# interlaced via imagemagick
im.save('/tmp/quantscope_picture.png'); os.system('convert /tmp/quantscope_picture.png -interlace PNG '+out+'interlaced.png'); exp['interlaced.png']=rgb
os.system('convert /tmp/quantscope_picture.png -depth 16 -define png:bit-depth=16 -define png:color-type=2 '+out+'deep.png'); exp['deep.png']=rgb
# exif orientations
for o in range(1,9):
    ex=Image.Exif(); ex[0x0112]=o
    b=io.BytesIO(); im.save(b,format='JPEG',quality=90,exif=ex); n=f'orientation{o}.jpg'; open(out+n,'wb').write(b.getvalue())
    from PIL import ImageOps
    exp[n]=np.asarray(ImageOps.exif_transpose(Image.open(out+n)).convert('RGB'))
# webp and tiff
def exif(o):
    e=Image.Exif(); e[0x0112]=o
    return e
def turned(n): exp[n]=np.asarray(ImageOps.exif_transpose(Image.open(out+n)).convert('RGB'))
save('lossy.webp',im,format='WEBP',quality=80)
save('lossless.webp',im,format='WEBP',lossless=True)
save('alpha.webp',a,format='WEBP',lossless=True,exact=True)
save('orientation6.webp',im,format='WEBP',quality=90,exif=exif(6)); turned('orientation6.webp')
save('rgb.tif',im,format='TIFF',compression='tiff_lzw')
save('gray.tif',im.convert('L'),format='TIFF')
save('palette.tif',im.quantize(13),format='TIFF',compression='packbits')
save('bilevel.tif',im.convert('1'),format='TIFF',compression='group4')
save('rgba.tif',a,format='TIFF',compression='tiff_adobe_deflate')
save('jpeg.tif',im,format='TIFF',compression='jpeg',quality=90)
save('orientation8.tif',im,format='TIFF',tiffinfo={0x0112:8}); turned('orientation8.tif')
for n,how in {'tiled.tif':'-define tiff:tile-geometry=16x16','planes.tif':'-interlace Plane -compress LZW',
              'big_endian.tif':'-define tiff:endian=msb -compress None','deep.tif':'-depth 16 -compress None'}.items():
    os.system('convert /tmp/quantscope_picture.png '+how+' '+out+n); exp[n]=rgb
np.savez_compressed(out+'expected.npz',**exp)
# resize goldens with Pillow (antialias) in float mode per channel and tf without
import tensorflow as tf
rs={}
for n,(h,w) in {'down':(8,11),'up':(40,31)}.items():
    rs['tf_'+n]=tf.image.resize(rgb.astype('f4'),(h,w)).numpy()
    rs['pil_'+n]=np.stack([np.asarray(Image.fromarray(rgb[...,c].astype('f4'),mode='F').resize((w,h),Image.BILINEAR)) for c in range(3)],-1)
rs['rgb']=rgb; rs['gray']=np.asarray(im.convert('L'))
np.savez_compressed(out+'resized.npz',**rs)
